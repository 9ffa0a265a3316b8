/**
 * Work on prompts: a text becomes SynthLang, a task becomes a prompt, a prompt becomes a better one, a text gets a label.
 * Each of these acts is a file of its own that exports an `Act`, written with `actOf`, and is listed in `acts.ts`. An act
 * asks models through its `ModelWork` alone, which checks their answers, counts what they cost, and ends when it is told to.
 */
import { z } from 'zod';
import type { Permission } from '../access/roles.ts';
import { jsonSchemaOf } from '../admin/json-schema.ts';
import { readFields } from '../admin/read-fields.ts';
import type { Cancellation } from '../model/cancellation.ts';
import type { JsonSchema } from '../model/route-facts.ts';
import type { Caller, Switches } from '../model/turn.ts';
import type { ModelWork } from './model-work.ts';

/** What can be done, and who may. */
export const ACT_PERMISSIONS = {
  translate: 'prompts.ask',
  generate: 'prompts.ask',
  optimize: 'prompts.improve',
  evolve: 'prompts.improve',
  classify: 'prompts.ask',
} as const satisfies Readonly<Record<string, Permission>>;

/** The name of something that can be done. */
export type ActName = keyof typeof ACT_PERMISSIONS;

/** How much one request may ask for. */
export interface PromptingLimits {
  readonly textCharactersMax: number;
  readonly labelsMax: number;
  readonly examplesMax: number;
  readonly iterationsMax: number;
  readonly generationsMax: number;
  readonly populationMax: number;
}

/** How far long work has come. */
export interface Progress {
  /** Iterations or generations that are over, and how many there will be at most. */
  readonly done: number;
  readonly of: number;
  /** The best fitness so far. */
  readonly best: number;
  /** Questions to models so far. */
  readonly calls: number;
}

/** What an act works with. */
export interface ActTools {
  readonly work: ModelWork;
  /** Tokens of a text, as the model counts them or nearly so. */
  readonly countTokens: (text: string) => number;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly onProgress: (progress: Omit<Progress, 'calls'>) => void;
}

type Fields = Readonly<Record<string, unknown>>;

/** One thing that can be done with prompts. */
export interface Act {
  readonly name: ActName;
  /** Checks the fields of a request. Throws `request.invalid`, naming the one that is wrong. */
  readonly prepare: (fields: Fields, limits: PromptingLimits) => PreparedAct;
  /** The fields of a request, for whoever reads about them. */
  readonly body: (limits: PromptingLimits) => JsonSchema;
}

/** A request that was read. */
export interface PreparedAct {
  /** The model that the caller named. */
  readonly model: string | undefined;
  readonly isStreamed: boolean;
  /** Does it, and gives the fields of the answer. */
  readonly run: (tools: ActTools) => Promise<Fields>;
}

/** What makes an act. */
interface ActDefinition<Shape extends z.ZodRawShape> {
  readonly name: ActName;
  readonly fields: (limits: PromptingLimits) => Shape;
  readonly run: (fields: z.infer<z.ZodObject<Shape>>, tools: ActTools) => Promise<Fields>;
}

const MODEL_CHARACTERS_MAX = 512;
const general = {
  model: z.string().min(1).max(MODEL_CHARACTERS_MAX).optional(),
  stream: z.boolean().default(false),
};

/** Makes an act that checks its fields before it runs. A field that is null counts as not sent, as in the original. */
export function actOf<Shape extends z.ZodRawShape>({ name, fields, run }: ActDefinition<Shape>): Act {
  return {
    name,
    prepare: (sent, limits) => {
      const present = Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== null));
      const { model, stream, ...rest } = present;
      const said = readFields(z.strictObject(general), {
        ...(model === undefined ? {} : { model }),
        ...(stream === undefined ? {} : { stream }),
      });
      const own = readFields(z.strictObject(fields(limits)), rest);
      return { model: said.model, isStreamed: said.stream, run: (tools) => run(own, tools) };
    },
    body: (limits) => jsonSchemaOf(z.strictObject({ ...fields(limits), ...general }))(),
  };
}

/** Work that was read, and is ready to be done. */
export interface PreparedWork {
  readonly isStreamed: boolean;
  readonly run: (circumstances: WorkCircumstances) => Promise<Fields>;
}

/** Who wants it, until when anybody is interested, and who hears how far it is. */
export interface WorkCircumstances {
  readonly caller: Caller;
  /** What the caller wishes of the gateway. */
  readonly switches: Switches;
  readonly cancellation: Cancellation;
  readonly onProgress: (progress: Progress) => void;
}

/** All that can be done with prompts. */
export interface Prompting {
  /** Reads a request. Throws `request.invalid` and `prompting.unconfigured`. */
  readonly prepare: (name: ActName, fields: Fields) => PreparedWork;
  /** What a request may say, within the limits of this moment. */
  readonly body: (name: ActName) => JsonSchema;
}

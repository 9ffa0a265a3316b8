import { look } from '../dialects/look.ts';
import type { Cancellation } from '../model/cancellation.ts';
import { GatewayError } from '../model/error.ts';
import { fold } from '../model/fold.ts';
import type { ModelAnswer, ModelQuestion } from '../model/model-question.ts';
import { Ask } from '../model/request.ts';
import type { Caller, Switches, Turn, TurnRecord } from '../model/turn.ts';
import { answerOf, requestOf } from './asked-words.ts';
import { run, type Pipeline } from './run.ts';
import { Trail, type TrailClocks } from './trail.ts';

/** What asking a model from within needs. */
export interface ModelAskerPorts {
  readonly pipeline: () => Pipeline;
  /** Throws when the caller may not use the model. */
  readonly authorize: (turn: Turn) => void;
  readonly onRecord: (record: TurnRecord) => void;
  readonly clocks: TrailClocks;
  readonly newId: () => string;
  /** Names the turns in records. */
  readonly tag: string;
}

interface Circumstances {
  readonly caller: Caller;
  readonly cancellation: Cancellation;
  /** What the caller wishes of the gateway. */
  readonly switches?: Switches;
}

/**
 * A tool that asks a model whose words ask a tool would never end. Whoever asks from within has written down all it wants,
 * and checks the form of the answer.
 */
const OURS = { disableKeywordDetection: true, savesTokens: false, dropParams: true } as const;

/** Asks a model as any caller would: along the line, on the caller’s account, with a record of its own. */
export function modelAsker(ports: ModelAskerPorts) {
  return async (
    question: ModelQuestion,
    { caller, cancellation, switches = {} }: Circumstances,
  ): Promise<ModelAnswer> => {
    const turn: Turn = {
      id: ports.newId(),
      caller,
      dialect: 'openai-chat',
      ask: Ask.made(requestOf(question)),
      switches: { ...switches, ...OURS, tags: [...(switches.tags ?? []), ports.tag] },
      ownFields: [],
      cancellation,
      headers: {},
      warnings: [],
    };
    if (cancellation.reason) throw cancellation.reason;
    ports.authorize(turn);
    let record: TurnRecord | undefined;
    const hear = (heard: TurnRecord): void => {
      record = heard;
      ports.onRecord(heard);
    };
    const reply = await run(ports.pipeline(), new Trail(turn, hear, ports.clocks));
    const events = [];
    for await (const event of look(reply)) events.push(event);
    return { ...answerOf(fold(events)), usage: record?.usage, cost: record?.cost };
  };
}

/** The same for whoever wants words of one model and nothing else. */
export function wordsAsker(ports: ModelAskerPorts & { readonly model: string }) {
  const ask = modelAsker(ports);
  return async (
    task: { readonly instructions: string; readonly text: string },
    circumstances: Circumstances,
  ): Promise<string> => {
    const said = [{ role: 'user', text: task.text } as const];
    const { text } = await ask({ model: ports.model, instructions: task.instructions, said }, circumstances);
    if (text.trim() === '') throw new GatewayError('tool.failed', 'The model answered nothing.');
    return text.trim();
  };
}

/**
 * A tool does one thing that a language model can't: it calculates, looks up, searches, reads. Callers name it at the
 * start of a message (`#calculator 15% of 85.50`), a keyword pattern finds it, or a program calls it over HTTP.
 *
 * A peer is a folder, `tools/acme/acme.ts`, exporting a function that takes its settings and ports and gives a `Tool`:
 * write it with `toolOf`, which checks the parameters, and list it in `index.ts`. A tool does no I/O of its own: what it
 * needs from outside comes as a function. It throws `tool.rejected` for what it can't do, `tool.failed` when a service
 * behind it fails, and gives up when its cancellation says so.
 */
import { z } from 'zod';
import type { Cancellation } from '../model/cancellation.ts';
import { GatewayError } from '../model/error.ts';
import type { Caller, Switches } from '../model/turn.ts';

/** What a caller must be, to use something. */
export type Role = Caller['role'];

/** What a tool found. */
export interface ToolResult {
  /** For programs: anything that JSON can say. */
  readonly result: unknown;
  /** For people: the same as an answer in a chat. */
  readonly text: string;
}

/** The circumstances of one call. */
export interface ToolContext {
  readonly caller: Caller;
  /** Comes when the caller is gone or the tool's time is up. */
  readonly cancellation: Cancellation;
  /** Unix time in milliseconds. */
  readonly nowMs: number;
  /** What the caller wishes of the gateway besides; absent where it could not say. */
  readonly switches?: Switches | undefined;
}

/** A time of a tool's own, and the setting it comes from. */
export interface TimeLimit {
  readonly ms: number;
  readonly setting: string;
}

/** Values by parameter name, as somebody wrote them. */
export type Parameters = Readonly<Record<string, unknown>>;

/** Something the gateway can do when it is asked to in so many words. */
export interface Tool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the parameters. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly parameterNames: readonly string[];
  /** The parameter that the words behind a directive are meant for; absent when there is none. */
  readonly mainParameter: string | undefined;
  readonly requiredRole: Role;
  /** The setting that is missing before it can be used. */
  readonly missing: string | undefined;
  /** The longest a call may take; absent means as long as any tool's. */
  readonly timeLimit?: TimeLimit | undefined;
  /** Checks the parameters and does it. Throws a `GatewayError`. */
  readonly run: (parameters: Parameters, context: ToolContext) => Promise<ToolResult>;
}

/** What makes a tool. The schema gives the parameters their check, their description and their type. */
export interface ToolDefinition<Shape extends z.ZodRawShape> {
  readonly name: string;
  readonly description: string;
  readonly parameters: z.ZodObject<Shape>;
  readonly mainParameter?: Extract<keyof Shape, string>;
  readonly missing?: string | undefined;
  /** Absent means everybody. */
  readonly requiredRole?: Role;
  readonly timeLimit?: TimeLimit;
  readonly run: (parameters: z.infer<z.ZodObject<Shape>>, context: ToolContext) => ToolResult | Promise<ToolResult>;
}

/** Makes a tool that checks its parameters before it runs. */
export function toolOf<Shape extends z.ZodRawShape>(definition: ToolDefinition<Shape>): Tool {
  const { name, description, parameters, mainParameter, missing, requiredRole = 'basic', timeLimit, run } = definition;
  const { $schema: _, ...schema } = z.toJSONSchema(parameters, { io: 'input' });
  return {
    name,
    description,
    parameters: schema,
    parameterNames: Object.keys(parameters.shape),
    mainParameter,
    requiredRole,
    missing,
    timeLimit,
    run: async (given, context) => {
      if (missing !== undefined)
        throw new GatewayError('tool.unconfigured', `The tool "${name}" is not set up here: ${missing}.`);
      const checked = parameters.safeParse(given);
      if (!checked.success) throw badParameters(checked.error);
      return run(checked.data, context);
    },
  };
}

function badParameters({ issues }: z.ZodError): GatewayError {
  const [issue] = issues;
  const key = issue?.code === 'unrecognized_keys' ? issue.keys[0] : issue?.path.join('.');
  const param = key === undefined || key === '' ? 'parameters' : `parameters.${key}`;
  return new GatewayError('request.invalid', `"${param}" is not what the tool takes: ${issue?.message ?? 'unknown'}.`, {
    param,
  });
}

/** Whether a role is enough. */
export function isEnough(role: Role, required: Role): boolean {
  return RANK[role] >= RANK[required];
}

const RANK: Readonly<Record<Role, number>> = { basic: 0, premium: 1, admin: 2 };

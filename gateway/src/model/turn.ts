import type { Account } from './account.ts';
import type { Cancellation } from './cancellation.ts';
import type { SavingLevel } from './compressed-text.ts';
import type { GatewayError } from './error.ts';
import type { ErrorCode } from './error-rules.ts';
import type { OperationId } from './operation.ts';
import type { Cost, ModelPrice } from './price.ts';
import type { Usage } from './reply.ts';
import type { Ask, DialectId } from './request.ts';
import type { SwitchRules } from './switch-rules.ts';
import type { Units } from './units.ts';

/** The headers of a request as they came, by lower-case name. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What a key may do, from most to least. */
export type Role = 'admin' | 'premium' | 'basic';

/** Who is asking, as the access check found. */
export interface Caller {
  /** Names the key in records; never the key itself. */
  readonly keyId: string;
  readonly role: Role;
  /** Counts what this key does; absent where nothing is counted. */
  readonly account?: Account;
  /** Whose key it is, where somebody said so. */
  readonly userId?: string;
  /** Model names this key may use; absent means all. */
  readonly models?: readonly string[];
  /** Where targets must stand that this key is answered by; absent means anywhere. */
  readonly regions?: readonly string[];
  /** What holds for this key instead of the general settings. */
  readonly privacy?: KeyPrivacy;
  /** Guards that judge everything of this key, besides those that judge everybody. */
  readonly guards?: readonly string[];
  /** Names of the gateway's own tools this key may use; absent means all that its role may. */
  readonly tools?: readonly string[];
  /** Switches this key may or may not use, whatever its role may. */
  readonly switches?: SwitchRules;
}

/** Where private data is masked, as far as one key has rules of its own. */
export interface KeyPrivacy {
  readonly maskBeforeLlm?: boolean | undefined;
  readonly maskInLogs?: boolean | undefined;
  readonly callersMaySwitchOff?: boolean | undefined;
}

/** What a caller wants of the cache for one request. */
export interface CacheWish {
  /** Don't answer from it. */
  readonly noCache?: boolean;
  /** Don't keep the answer. */
  readonly noStore?: boolean;
  /** Use it, though the settings would pass over this request. */
  readonly use?: boolean;
  /** How long the answer to this request is kept. */
  readonly ttlSeconds?: number;
  /** An older answer won't do. */
  readonly ageSecondsMax?: number;
  /** A part of the cache of its own. */
  readonly namespace?: string;
}

/** The caller's wishes to the gateway itself, from body fields and headers. Never sent to a provider. */
export interface Switches {
  /** Model names to ask when the first fails; replaces the configured list. */
  readonly fallbacks?: readonly string[];
  readonly disableFallbacks?: boolean;
  readonly retriesMax?: number;
  /** Total time for the turn. */
  readonly timeoutMs?: number;
  readonly dropParams?: boolean;
  /** Parameters that no provider is sent: names, or paths such as `tools[*].strict`. */
  readonly additionalDropParams?: readonly string[];
  /** Parameters that are sent, though a target is thought to lack them. */
  readonly allowedOpenaiParams?: readonly string[];
  readonly tags?: readonly string[];
  /** Where targets must stand that may answer. */
  readonly regions?: readonly string[];
  /** Whether the conversation may be said in fewer tokens; absent means as configured. */
  readonly savesTokens?: boolean;
  /** How far that goes; absent means as configured. */
  readonly savingLevel?: SavingLevel;
  /** A canned answer instead of a model's, for tests. */
  readonly mockResponse?: string;
  /** A stream that breaks off may be gone on with by another model. */
  readonly continuesStreams?: boolean;
  readonly maskBeforeLlm?: boolean;
  readonly maskInLogs?: boolean;
  /** Names of guards to be judged by, besides those that judge everybody. */
  readonly guardrails?: readonly string[];
  /** Messages reach the model, whichever tools they name. */
  readonly disableKeywordDetection?: boolean;
  readonly cache?: CacheWish;
}

/** One request from one authenticated caller, on its way to one reply. Frozen. */
export interface Turn {
  readonly id: string;
  readonly caller: Caller;
  readonly dialect: DialectId;
  /** What is asked, where that isn’t a chat. */
  readonly operation?: OperationId;
  readonly ask: Ask;
  /** What it can take at most besides tokens, as far as its request says. */
  readonly unitsMax?: Units | undefined;
  readonly switches: Switches;
  /** Names of the switches that stand in the body, to be taken out before a provider sees it. */
  readonly ownFields: readonly string[];
  /** Comes when the caller is gone or the turn's time is up. */
  readonly cancellation: Cancellation;
  /** Caller's headers that providers may ask for by name (e.g. `anthropic-beta`), lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Things the caller should know, said in `x-synthlang-warning`. */
  readonly warnings: readonly string[];
}

/** How a turn ended. */
export interface Outcome {
  readonly end: 'finished' | 'failed' | 'cancelled';
  readonly usage: Usage | undefined;
  /** `true` when the provider didn't say and the gateway counted for itself. */
  readonly usageEstimated: boolean;
  readonly error: GatewayError | undefined;
  /** Side decoding failed, so nobody may trust what was seen. */
  readonly blind: boolean;
}

/** What stages hear when a turn is over. */
export interface TurnEnd extends Outcome {
  /** Who was asked; nobody when a stage answered. */
  readonly attempts: readonly Attempt[];
  /** What asking brought up and the caller was told, such as parameters that were dropped. */
  readonly notices: readonly string[];
}

/** Facts that a stage leaves for the record. A stage may fill in its own until the turn is over. */
export type Note = Readonly<Record<string, string | number | boolean>>;

/** What one station did to a turn. */
export interface TrailEntry {
  readonly stage: string;
  readonly did: 'passed' | 'changed' | 'answered' | 'refused';
  readonly ms: number;
  readonly note: Note | undefined;
}

/** What the last station that knew has noted under this name. */
export function noted(trail: readonly TrailEntry[], name: string): Note[string] | undefined {
  return trail.findLast(({ note }) => note?.[name] !== undefined)?.note?.[name];
}

/** What a station has noted about this turn. */
export function noteOf(trail: readonly TrailEntry[], stage: string): Note | undefined {
  return trail.find((entry) => entry.stage === stage)?.note;
}

/** One question put to one target. */
export interface Attempt {
  /** Names the deployment among all there are. */
  readonly target: string;
  readonly provider: string;
  readonly model: string;
  /** Which fallback this was; 0 is the model asked for. */
  readonly fallback: number;
  readonly ms: number;
  readonly error: GatewayError | undefined;
  /** What its answer costs, as far as somebody knows. */
  readonly price?: ModelPrice | undefined;
  /** Asked beside another that was slow. */
  readonly hedge?: boolean | undefined;
  /** What it took until it broke off in the middle of its answer and another went on. */
  readonly usage?: Usage;
}

/** What the cache did for a turn: `semantic` answers a question that means the same, `bypass` has nothing to do with it. */
export type CacheUse = 'hit' | 'semantic' | 'miss' | 'bypass';

/** What is kept of a request that never became a turn. No path: it may hold anything, a key by mistake too. */
export interface RefusedRequest {
  readonly requestId: string;
  readonly dialect: DialectId;
  readonly status: number;
  readonly code: ErrorCode;
}

/** What is kept of a tool that a program called by its name. No parameters: they may hold anything. */
export interface ToolUse {
  readonly requestId: string;
  readonly keyId: string;
  readonly tool: string;
  readonly durationMs: number;
  /** Why it failed; absent when it didn't. */
  readonly code: ErrorCode | undefined;
}

/** Everything worth keeping about a turn. Ledger row, log line, metrics and callbacks are all made from it. */
export interface TurnRecord extends Outcome {
  readonly turnId: string;
  readonly keyId: string;
  readonly userId?: string | undefined;
  readonly dialect: DialectId;
  /** What was asked; absent for a chat. */
  readonly operation?: OperationId | undefined;
  /** The name the caller wrote. */
  readonly model: string;
  readonly stream: boolean;
  readonly tags: readonly string[];
  /** Who answered in the end; absent when nobody did. */
  readonly provider: string | undefined;
  readonly upstreamModel: string | undefined;
  readonly attempts: readonly Attempt[];
  readonly trail: readonly TrailEntry[];
  /** Absent where there is no cache. What it answered cost nothing: `usage` is then what it took the first time. */
  readonly cache?: CacheUse | undefined;
  readonly warnings: readonly string[];
  /** Unix time in milliseconds. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** From the start of the turn to the first output; absent when there was none. */
  readonly firstOutputMs: number | undefined;
  /** What it cost; absent when no model was asked. */
  readonly cost?: Cost | undefined;
  /** HTTP status the caller saw; 499 when it went away first. */
  readonly status: number;
  /** Whether private data is to be masked in what is kept: the caller's wish, and its key's rules. */
  readonly masking?: { readonly wish: boolean | undefined; readonly key: KeyPrivacy | undefined };
}

/** Whether a turn cost nothing, since its answer had been given before. */
export function isFromCache({ cache }: Pick<TurnRecord, 'cache'>): boolean {
  return cache === 'hit' || cache === 'semantic';
}

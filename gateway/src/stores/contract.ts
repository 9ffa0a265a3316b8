/**
 * What the gateway keeps in a database: keys, spend, acts of admins and, if wanted, bodies. `sql/` implements it over
 * SQLite and PostgreSQL, and `contract.suite.ts` holds for both. Nobody on the way of a turn waits for any of this: keys
 * are read at the start, spend is written behind. Money is whole nano-dollars, time is Unix milliseconds.
 */
import type { Role } from '../model/turn.ts';

/** A key that admins made. The text of the key is kept nowhere; its keyed hash is its id. */
export interface KeyRecord {
  readonly id: string;
  /** What people recognise the key by: its last characters. */
  readonly name: string;
  readonly alias: string | undefined;
  readonly userId: string | undefined;
  readonly role: Role;
  /** Model names the key may use; absent means all. */
  readonly models: readonly string[] | undefined;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly budgetNanousd: number | undefined;
  /** After which time the budget is whole again, e.g. `30d`. */
  readonly budgetDuration: string | undefined;
  /** Since when budget periods are counted. */
  readonly budgetSince: number;
  readonly requestsPerMinute: number | undefined;
  readonly tokensPerMinute: number | undefined;
  readonly parallelMax: number | undefined;
  readonly expiresAt: number | undefined;
  readonly blocked: boolean;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly updatedAt: number;
}

/** What one turn cost, and whose it was. Written once; the request id keeps it from being counted twice. */
export interface SpendRow {
  readonly requestId: string;
  readonly keyId: string;
  readonly userId: string | undefined;
  /** Start of the budget period that the cost belongs to. */
  readonly periodStart: number;
  /** The name the caller wrote. */
  readonly model: string;
  readonly provider: string | undefined;
  readonly upstreamModel: string | undefined;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly costNanousd: number;
  /** The tokens are the gateway's own count, or the cost is the most it can have been. */
  readonly estimated: boolean;
  /** Why the cost isn't what a price list says, if so. */
  readonly note: string | undefined;
  readonly status: number;
  readonly stream: boolean;
  readonly tags: readonly string[];
  readonly startedAt: number;
  readonly endedAt: number;
}

/** What one key has spent in one of its budget periods. */
export interface PeriodSpend {
  readonly keyId: string;
  readonly periodStart: number;
  readonly costNanousd: number;
}

/** One act of an admin. */
export interface AuditRow {
  readonly id: string;
  readonly at: number;
  /** Id of the key that acted. */
  readonly actor: string;
  readonly action: string;
  /** Id of what was acted upon. */
  readonly target: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** What one admin act changes; it happens whole, with its audit rows, or not at all. */
export interface KeyChange {
  readonly insert?: readonly KeyRecord[];
  readonly update?: readonly KeyRecord[];
  readonly remove?: readonly string[];
  /** Spend that a key takes along into a period that begins by this change. */
  readonly carried?: readonly PeriodSpend[];
  readonly audit: readonly AuditRow[];
}

/** Which spend rows are wanted. Newest first. */
export interface SpendQuery {
  readonly keyId?: string | undefined;
  readonly userId?: string | undefined;
  readonly requestId?: string | undefined;
  /** Started at this time or later. */
  readonly from?: number | undefined;
  /** Started before this time. */
  readonly until?: number | undefined;
  readonly limit: number;
}

/** Money that a running turn holds back. */
export interface OpenReservation {
  readonly turnId: string;
  readonly keyId: string;
  readonly periodStart: number;
  readonly nanousd: number;
  readonly at: number;
}

/** What a process that died left behind, and may or may not have been in the database yet. */
export interface LeftBehind {
  readonly rows: readonly SpendRow[];
  /** Turns that were running. */
  readonly open: readonly OpenReservation[];
}

/**
 * A file that spend is written to before anything else happens, so that no death of the process loses any. It is written
 * at once, without waiting for the disk; the disk follows a moment later.
 */
export interface SpendJournal {
  /** Throws when it can't be written. */
  readonly reserve: (reservation: OpenReservation) => void;
  /** Closes the reservation of the same turn. Throws when it can't be written. */
  readonly settle: (row: SpendRow) => void;
  /** How much is in the file now. */
  readonly bytes: () => number;
  /** Goes on in a new file. What it gives removes the former ones, for the time when their rows are in the database. */
  readonly turnOver: () => () => void;
  readonly close: () => void;
}

/** Everything one key has ever spent. */
export interface KeyTotal {
  readonly keyId: string;
  readonly costNanousd: number;
  readonly requests: number;
}

/** What was said in one turn, sealed by whoever keeps it. */
export interface BodyRow {
  readonly requestId: string;
  readonly keyId: string;
  readonly at: number;
  readonly sealed: Uint8Array;
}

/** Encrypts what is kept, so that a database alone tells nothing. */
export interface Sealing {
  /** `about` names the row; sealed bytes can't be opened as another one's. */
  readonly seal: (text: string, about: string) => Buffer;
  /** Rejects when the secret is another one, or somebody changed a byte. */
  readonly open: (sealed: Uint8Array, about: string) => Promise<string>;
}

/** One version of a prompt that somebody saved. Versions of a name count from 1, and none is ever changed. */
export interface PromptVersion {
  readonly id: string;
  /** Whose it is: `user:NAME`, or `key:ID` where the key is nobody's. */
  readonly owner: string;
  readonly name: string;
  readonly version: number;
  readonly prompt: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** When the first version was saved. */
  readonly beganAt: number;
  readonly createdAt: number;
}

/** What is known of a prompt without reading it. */
export type PromptSummary = Omit<PromptVersion, 'prompt'>;

/** A version that is to be saved; its number follows from those that are there. */
export type PromptDraft = Omit<PromptVersion, 'version' | 'beganAt'>;

/** How much one owner may keep. */
export interface PromptLimits {
  readonly promptsMax: number;
  readonly versionsMax: number;
}

/** Which prompts are wanted; without an owner or a name, those of all. By name, then by owner. */
export interface PromptQuery {
  readonly owner?: string | undefined;
  readonly name?: string | undefined;
  readonly offset: number;
  readonly limit: number;
}

/** One prompt, or one version of it. */
export interface PromptTarget {
  readonly owner: string;
  readonly name: string;
  readonly version?: number | undefined;
}

/** Prompts that callers save. */
export interface PromptStore {
  /** Rejects with `FullError` when its owner has as many as may be. */
  readonly save: (draft: PromptDraft, limits: PromptLimits) => Promise<PromptVersion>;
  /** The newest version of each prompt, and how many prompts there are. */
  readonly list: (
    query: PromptQuery,
  ) => Promise<{ readonly prompts: readonly PromptSummary[]; readonly total: number }>;
  /** One version, the newest unless it is named. */
  readonly load: (target: PromptTarget) => Promise<PromptVersion | undefined>;
  /** Takes away one version, or all. Gives how many there were. */
  readonly remove: (target: PromptTarget, audit: readonly AuditRow[]) => Promise<number>;
}

/** A file or a batch at a provider, and the key that made it. */
export interface OwnedObject {
  /** As the provider calls it. */
  readonly id: string;
  readonly kind: 'file' | 'batch';
  readonly keyId: string;
  readonly provider: string;
  readonly createdAt: number;
}

/** Which of them are wanted, newest first. */
export interface OwnedObjectQuery {
  readonly keyId: string;
  readonly kind: OwnedObject['kind'];
  /** Only those behind this one. */
  readonly after?: Pick<OwnedObject, 'id' | 'createdAt'> | undefined;
  readonly limit: number;
}

/** Whose the files and batches are that lie at providers. */
export interface ObjectStore {
  /** One that is there already stays whose it is. */
  readonly add: (object: OwnedObject) => Promise<void>;
  readonly find: (id: string) => Promise<OwnedObject | undefined>;
  readonly list: (query: OwnedObjectQuery) => Promise<readonly OwnedObject[]>;
  readonly remove: (id: string) => Promise<void>;
}

/** A response that its caller may ask for again; its body is sealed by whoever keeps it, unless operators want texts. */
export interface ResponseRow {
  readonly id: string;
  readonly keyId: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly isSealed: boolean;
  readonly body: Uint8Array;
}

/** How much of each key is kept; the oldest go first. */
export interface ResponseCaps {
  readonly keyEntriesMax: number;
  readonly keyBytesMax: number;
}

/** Responses between runs, and for every gateway on the database. */
export interface ResponseStore {
  /** One that is there already stays whose it is. */
  readonly add: (rows: readonly ResponseRow[], caps: ResponseCaps) => Promise<void>;
  /** One of this key's that is not over yet; `others` if it is another key's. */
  readonly find: (id: string, keyId: string, now: number) => Promise<ResponseRow | 'others' | undefined>;
  /** Says whether there was one of this key's. Other gateways learn of it by `removedSince`. */
  readonly remove: (id: string, keyId: string, now: number) => Promise<boolean>;
  readonly removedSince: (at: number) => Promise<readonly string[]>;
  /** Takes away what is over, and what is known of removals before a time. */
  readonly expire: (now: number, removalsBefore: number) => Promise<void>;
}

/** A database that is open and up to date. */
export interface RecordStore {
  readonly keys: () => Promise<readonly KeyRecord[]>;
  /** Rejects with `TakenError` when an id or alias is in use already. */
  readonly changeKeys: (change: KeyChange) => Promise<void>;
  /** Adds what isn't there yet, by request id, and counts it for its key and period. */
  readonly addSpend: (rows: readonly SpendRow[]) => Promise<void>;
  readonly spend: (query: SpendQuery) => Promise<readonly SpendRow[]>;
  readonly periodSpend: () => Promise<readonly PeriodSpend[]>;
  readonly keyTotals: () => Promise<readonly KeyTotal[]>;
  /** The newest acts, newest first. */
  readonly audit: (limit: number) => Promise<readonly AuditRow[]>;
  readonly addBodies: (rows: readonly BodyRow[]) => Promise<void>;
  readonly body: (requestId: string) => Promise<BodyRow | undefined>;
  readonly prompts: PromptStore;
  readonly objects: ObjectStore;
  readonly responses: ResponseStore;
  /** What was written is on the disk from here on, whatever happens to the machine. */
  readonly settle: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Somebody else has that id or alias. */
export class TakenError extends Error {
  override readonly name = 'TakenError';
}

/** There is no room for another one; the message says of what. */
export class FullError extends Error {
  override readonly name = 'FullError';
}

import type { Door } from '../access/door.ts';
import type { Keyring } from '../access/keyring.ts';
import type { OverrulingSettings } from '../access/overruling.ts';
import type { ReplyCache } from '../caching/reply-cache.ts';
import type { AdminRoutes } from '../admin/contract.ts';
import type { ResponseBook } from '../keeping/response-book.ts';
import type { PatternBook } from '../keyword/pattern-book.ts';
import type { Cancellation } from '../model/cancellation.ts';
import type { TextCompression } from '../model/compressed-text.ts';
import type { OpenLine } from '../model/frame-line.ts';
import type { Roster } from '../model/roster.ts';
import type { RefusedRequest, ToolUse, Turn, TurnRecord } from '../model/turn.ts';
import type { Deadlines } from '../model/upstream.ts';
import type { Pipeline } from '../pipeline/run.ts';
import type { OperationSettings } from '../passthrough/settings.ts';
import type { TrailClocks } from '../pipeline/trail.ts';
import type { Prompting } from '../prompting/contract.ts';
import type { TargetReport } from '../health/target-report.ts';
import type { ListedModel } from '../routing/catalog.ts';
import type { RouteExplanation } from '../routing/explain.ts';
import type { ToolBox } from '../tools/tool-box.ts';

/** All that follows from the configuration. Immutable; a reload swaps in another one whole. */
export interface Engine {
  readonly pipeline: Pipeline;
  readonly keyring: Keyring;
  readonly texts: TextCompression;
  readonly prompting: Prompting;
  /** Which of their switches callers may use. */
  readonly overruling: OverrulingSettings;
  readonly listedModels: () => readonly ListedModel[];
  readonly toolBox: ToolBox;
  readonly keywords: PatternBook;
  readonly replies: ReplyCache;
  readonly operations: OperationSettings;
  readonly responses: ResponseBook;
  readonly routes: RouteDesk;
  /** Which pages for people are shown. */
  readonly pages: PageSettings;
  readonly bodyBytesMax: number;
  readonly totalTimeoutMs: number;
}

/** Which pages for people are shown. */
export interface PageSettings {
  /** `/docs` and `/openapi.json`. */
  readonly docs: boolean;
  /** `/ui`. */
  readonly ui: boolean;
}

/** Tells where requests go, and how those do who answer them. */
export interface RouteDesk {
  /** Throws `model.unknown`, `key.forbidden`. */
  readonly explain: (turn: Turn) => RouteExplanation;
  readonly targets: () => readonly TargetReport[];
  /** Whether somebody would be asked for a model of this name. */
  readonly serves: (name: string) => boolean;
  /** Asks targets how they do, where the settings say so. */
  readonly check: () => Promise<void>;
  readonly attemptsMax: number;
  /** How many models one request may name. */
  readonly fanOutMax: number;
}

/** What the server needs of the world; stays the same across reloads. */
export interface ServerPorts {
  /** The engine of this moment. A turn keeps the one it began with. */
  readonly engine: () => Engine;
  readonly onRecord: (record: TurnRecord) => void;
  /** A request that never became a turn: no key, a bad body, no such path. */
  readonly onRefused: (refused: RefusedRequest) => void;
  /** A tool was called over HTTP. */
  readonly onToolUse: (use: ToolUse) => void;
  /** A fault of ours, for the log. */
  readonly onBug: (requestId: string, cause: unknown) => void;
  readonly clocks: TrailClocks;
  readonly newId: () => string;
  readonly deadlines: Deadlines;
  readonly writeIdleTimeoutMs: number;
  /** Begins conversations with providers. */
  readonly openLine: OpenLine;
  /** Prometheus text; absent when metrics are off. */
  readonly metricsText: (() => Promise<string>) | undefined;
  readonly version: string;
  /** The management API; absent when nothing is stored that could be managed. */
  readonly admin?: AdminRoutes | undefined;
  /** Lets turns in, and some of them wait. */
  readonly door: Door;
  /** Ends each turn in flight with an error; for the last moment of a shutdown. */
  readonly inFlight: Roster<Cancellation>;
}

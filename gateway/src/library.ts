import { compose } from './compose.ts';
import { loadText, withKeywordsFile } from './config/load.ts';
import { processEnvironment } from './config/process-environment.ts';
import { frames } from './dialects/frames.ts';
import { readFrame } from './dialects/sse.ts';
import { understood } from './dialects/understood.ts';
import { Cancellation } from './model/cancellation.ts';
import { GatewayError } from './model/error.ts';
import type { Turn, TurnRecord } from './model/turn.ts';
import type { Deadline, Deadlines } from './model/upstream.ts';
import { Trail } from './pipeline/trail.ts';
import { providers } from './providers/index.ts';
import { fullModelName } from './routing/known-names.ts';
import { answered } from './server/answered.ts';
import type { Speech } from './server/egress.ts';
import { ingress } from './server/ingress.ts';
import { packageVersion } from './version.ts';

export { ERROR_RULES, type ErrorCode } from './model/error-rules.ts';
export { GatewayError } from './model/error.ts';
export type { TurnRecord } from './model/turn.ts';

/** A chat completion request as OpenAI documents it; fields not named here are allowed and go along. */
export interface ChatCompletionRequest {
  readonly model: string;
  readonly messages: readonly {
    readonly role: string;
    readonly content?: unknown;
    readonly [field: string]: unknown;
  }[];
  readonly [field: string]: unknown;
}

/** A chat completion as OpenAI documents it. */
export interface ChatCompletion {
  readonly id: string;
  readonly object: 'chat.completion';
  readonly model: string;
  readonly choices: readonly {
    readonly index: number;
    readonly message: {
      readonly role: 'assistant';
      readonly content: string | null;
      readonly [field: string]: unknown;
    };
    readonly finish_reason: string;
    readonly [field: string]: unknown;
  }[];
  readonly usage?: {
    readonly prompt_tokens: number;
    readonly completion_tokens: number;
    readonly total_tokens: number;
  };
  readonly [field: string]: unknown;
}

/** One piece of a streamed chat completion as OpenAI documents it. */
export interface ChatCompletionChunk {
  readonly id: string;
  readonly object: 'chat.completion.chunk';
  readonly model: string;
  readonly choices: readonly {
    readonly index: number;
    readonly delta: { readonly content?: string | null; readonly [field: string]: unknown };
    readonly finish_reason: string | null;
    readonly [field: string]: unknown;
  }[];
  readonly [field: string]: unknown;
}

/** How to build a gateway inside a program. */
export interface GatewayOptions {
  /** The same settings as `synthlang.yaml`, or LiteLLM's. */
  readonly config?: object;
  /** Instead of the process's environment and the `.env` file. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Hears of every finished turn. */
  readonly onRecord?: (record: TurnRecord) => void;
}

/** A gateway without a server. */
export interface Gateway {
  /** Asks a model and resolves to its whole answer. Rejects with a `GatewayError`. */
  readonly completeChat: (request: ChatCompletionRequest, options?: CallOptions) => Promise<ChatCompletion>;
  /** Asks a model and gives its answer piece by piece. Leaving the loop cancels the provider's work. Throws a `GatewayError`. */
  readonly streamChat: (request: ChatCompletionRequest, options?: CallOptions) => AsyncIterable<ChatCompletionChunk>;
  /** Lets connections go. */
  readonly close: () => Promise<void>;
}

/** What one call may bring along besides the request. */
export interface CallOptions {
  readonly signal?: AbortSignal;
}

const CLOSE_MS = 5000;

/** Builds a gateway in this process: providers, routing, retries and fallbacks, but no server and no keys. */
export function createGateway({
  config = {},
  environment = processEnvironment(),
  onRecord,
}: GatewayOptions = {}): Gateway {
  const loaded = withKeywordsFile(
    loadText({
      text: JSON.stringify(config),
      file: 'config',
      env: environment,
      flags: 'log' in config ? {} : { 'log.level': 'silent' },
    }),
  );
  const { ports, close } = compose(loaded, { version: packageVersion(), ...(onRecord ? { onRecord } : {}) });

  async function ask(request: object, { cancellation, limit }: RunningCall): Promise<Speech> {
    const read = ingress(Buffer.from(JSON.stringify(request)), 'openai-chat', {});
    const { pipeline, totalTimeoutMs } = ports.engine();
    limit(read.switches.timeoutMs ?? totalTimeoutMs);
    const turn: Turn = {
      ...read,
      id: ports.newId(),
      caller: { keyId: 'library', role: 'admin' },
      dialect: 'openai-chat',
      cancellation,
      headers: {},
    };
    return answered(new Trail(turn, ports.onRecord, ports.clocks), pipeline, ports.clocks.nowMs());
  }

  return {
    completeChat: async (request, { signal } = {}) => {
      const call = new RunningCall(signal, ports.deadlines);
      try {
        return await whole(await ask({ ...request, stream: false }, call));
      } finally {
        call.close();
      }
    },
    streamChat: async function* (request, { signal } = {}) {
      const call = new RunningCall(signal, ports.deadlines);
      try {
        yield* chunks(await ask({ ...request, stream: true }, call));
      } finally {
        call.close();
      }
    },
    close: () => close(CLOSE_MS),
  };
}

/** Follows a program's signal for the length of one call, since the same signal may serve thousands, and holds its time. */
class RunningCall {
  readonly cancellation = new Cancellation();
  readonly #outer: AbortSignal | undefined;
  readonly #total: Deadline;

  constructor(outer: AbortSignal | undefined, deadlines: Deadlines) {
    this.#outer = outer;
    this.#total = deadlines(() =>
      this.cancellation.cancel(
        new GatewayError('upstream.timeout', 'The call took longer than its total time allows (total timer).'),
      ),
    );
    if (outer?.aborted) this.#onAbort();
    else outer?.addEventListener('abort', this.#onAbort);
  }

  readonly limit = (ms: number): void => this.#total.set(ms);

  close(): void {
    this.#total.clear();
    this.#outer?.removeEventListener('abort', this.#onAbort);
  }

  readonly #onAbort = (): void =>
    this.cancellation.cancel(new GatewayError('request.cancelled', 'The program gave the call up.'));
}

async function whole(spoken: Speech): Promise<ChatCompletion> {
  const pieces: Buffer[] = [];
  for await (const bytes of heard(spoken)) pieces.push(bytes);
  return JSON.parse(Buffer.concat(pieces).toString('utf8')) as ChatCompletion;
}

/** What is spoken comes in whole frames, one or more at a time. */
async function* chunks(spoken: Speech): AsyncGenerator<ChatCompletionChunk> {
  for await (const bytes of heard(spoken)) {
    for (const frame of framesIn(bytes)) {
      const data = readFrame(frame)?.data;
      if (data !== undefined && data !== '[DONE]')
        yield understood('The provider', () => JSON.parse(data) as ChatCompletionChunk);
    }
  }
}

/** Leaving early lets the provider go; what went wrong reaches the turn's record. */
async function* heard(spoken: Speech): AsyncGenerator<Buffer> {
  try {
    for (let bytes = await spoken.next(); bytes; bytes = await spoken.next()) yield bytes;
  } catch (thrown) {
    await spoken.stop(GatewayError.from(thrown));
    throw thrown;
  } finally {
    await spoken.stop();
  }
}

function framesIn(bytes: Buffer): readonly Buffer[] {
  const cutter = frames('sse', { jsonBytesMax: Number.POSITIVE_INFINITY, eventBytesMax: Number.POSITIVE_INFINITY });
  return [...cutter.push(bytes), ...cutter.end()];
}

/** The full name that a well-known model name stands for: `gpt-4o` → `openai/gpt-4o`. Unknown names pass through. */
export function mapModelName(name: string): string {
  return fullModelName(providers, name);
}

let shared: Gateway | undefined;

/** Asks a model with the keys in the environment: `createGateway().completeChat` on a gateway that is built once. */
export function completeChat(request: ChatCompletionRequest, options?: CallOptions): Promise<ChatCompletion> {
  shared ??= createGateway();
  return shared.completeChat(request, options);
}

/** The same, piece by piece. */
export function streamChat(request: ChatCompletionRequest, options?: CallOptions): AsyncIterable<ChatCompletionChunk> {
  shared ??= createGateway();
  return shared.streamChat(request, options);
}

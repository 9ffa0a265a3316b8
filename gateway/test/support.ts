import { NO_LIMITS } from './no-limits.ts';
import type { BreakerSettings } from '../src/health/breaker.ts';
import { HealthBook } from '../src/health/health-book.ts';
import { RetryBudget } from '../src/health/retry-budget.ts';
import { Readable } from 'node:stream';
import { dialects } from '../src/dialects/index.ts';
import { Cancellation } from '../src/model/cancellation.ts';
import type { GatewayError } from '../src/model/error.ts';
import { fold } from '../src/model/fold.ts';
import type { KeptReply } from '../src/model/kept-reply.ts';
import type { ByteReply, EventReply, ReplyEvent, Usage } from '../src/model/reply.ts';
import type { Ask, DialectId } from '../src/model/request.ts';
import type { Turn, TurnRecord } from '../src/model/turn.ts';
import type { Deadlines, Transport, UpstreamBody, UpstreamRequest, UpstreamResponse } from '../src/model/upstream.ts';
import type { OperationSettings } from '../src/passthrough/settings.ts';
import type { TrailClocks } from '../src/pipeline/trail.ts';
import { Trail } from '../src/pipeline/trail.ts';
import type { Endpoint, HttpProvider } from '../src/providers/contract.ts';
import { bearer } from '../src/providers/contract.ts';
import type { AttemptSettings } from '../src/routing/attempt.ts';
import type { Deployment } from '../src/routing/deployment.ts';
import type { ToolContext } from '../src/tools/contract.ts';

/** A chat request as it came over the wire: one word of the user, and whatever else is named. */
export function ask(fields: Readonly<Record<string, unknown>> = {}, dialect: DialectId = 'openai-chat'): Ask {
  const body = { model: 'the-model', messages: [{ role: 'user', content: 'Hello' }], ...fields };
  return dialects[dialect].readRequest({ dialect, body, bytes: Buffer.from(JSON.stringify(body)) });
}

/** A turn that asks for a stream, unless it says otherwise. */
export function turn(overrides: Partial<Turn> = {}): Turn {
  return {
    id: 'turn-1',
    caller: { keyId: 'key-1', role: 'basic' },
    dialect: 'openai-chat',
    ask: ask({ stream: true }),
    switches: {},
    ownFields: [],
    cancellation: new Cancellation(),
    headers: {},
    warnings: [],
    ...overrides,
  };
}

/** The circumstances of a tool's call. */
export function toolContext(overrides: Partial<ToolContext> = {}): ToolContext {
  return { caller: { keyId: 'key-1', role: 'basic' }, cancellation: new Cancellation(), nowMs: 0, ...overrides };
}

/** A whole reply that says these texts, one delta each. */
export function said(...texts: readonly string[]): ReplyEvent[] {
  return [
    { type: 'start', id: 'r-1', model: 'upstream-model', createdAtSeconds: 1 },
    { type: 'block-start', choice: 0, block: 0, start: { kind: 'text' } },
    ...texts.map((text): ReplyEvent => ({ type: 'text-delta', choice: 0, block: 0, text })),
    { type: 'block-end', choice: 0, block: 0 },
    { type: 'finish', choice: 0, reason: 'stop' },
    { type: 'usage', usage: USAGE },
    { type: 'end' },
  ];
}

/** An answer as the cache keeps it. */
export function keptReply(text: string, overrides: Partial<KeptReply> = {}): KeptReply {
  return { reply: fold(said(text)), model: 'the-model', notices: [], keptAtMs: 0, ...overrides };
}

/** The usage that `said` reports. */
export const USAGE: Usage = { inputTokens: 11, outputTokens: 7 };

/** Events as the frames of a provider that speaks OpenAI's chat API, one frame per entry. */
export function frameList(events: readonly ReplyEvent[], form: 'sse' | 'json' = 'sse'): Buffer[] {
  const encoder = dialects['openai-chat'].encodeReply(form, { model: 'upstream-model', usage: true });
  return [...events.flatMap((event) => encoder.push(event)), ...encoder.end()];
}

/** What an OpenAI-speaking provider sends when it fails in the middle of a stream. */
export const ERROR_FRAME = Buffer.from('data: {"error":{"message":"It broke.","type":"server_error"}}\n\n');

/** A stream's frames as a reply, each in a batch of its own; `end` may throw instead of ending. */
export function sse(
  frames: readonly Buffer[],
  end: () => void = () => undefined,
): ByteReply & { isLeft: () => boolean } {
  let isLeft = false;
  async function* batches(): AsyncGenerator<readonly Buffer[]> {
    let isOver = false;
    try {
      for (const frame of frames) yield [frame];
      isOver = true;
      end();
    } finally {
      isLeft = !isOver;
    }
  }
  return { kind: 'bytes', wire: { dialect: 'openai-chat', form: 'sse' }, frames: batches(), isLeft: () => isLeft };
}

/** Events as a reply. */
export function replyOf(events: readonly ReplyEvent[]): EventReply {
  return { kind: 'events', events: Readable.from(events, { objectMode: true }) };
}

/** Everything an iterable gives. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** The bytes of a frame iterable as text. */
export async function textOf(batches: AsyncIterable<readonly Buffer[]>): Promise<string> {
  return Buffer.concat((await collect(batches)).flat()).toString('utf8');
}

/** What a promise or function fails with, so that it can be looked at. Fails the test when nothing fails. */
export async function failureOf(work: Promise<unknown> | (() => unknown)): Promise<GatewayError> {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (thrown) {
    return thrown as GatewayError;
  }
  throw new Error('It was expected to fail, and did not.');
}

/** Lets everything that is ready happen. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A clock and deadlines that move only when told. */
export function handTurned(startMs = 1_000) {
  let nowMs = startMs;
  const waiting = new Map<object, { dueAtMs: number; onExpired: () => void }>();
  const deadlines: Deadlines = (onExpired) => {
    const own = {};
    return {
      set: (ms) => void waiting.set(own, { dueAtMs: nowMs + ms, onExpired }),
      clear: () => void waiting.delete(own),
    };
  };
  const pass = (ms: number): void => {
    nowMs += ms;
    for (const [own, { dueAtMs, onExpired }] of waiting) {
      if (dueAtMs > nowMs) continue;
      waiting.delete(own);
      onExpired();
    }
  };
  const clocks: TrailClocks = { clockMs: () => nowMs, nowMs: () => nowMs };
  return { deadlines, pass, clocks, waiting, nowMs: () => nowMs };
}

/** A body from pieces. `stay` leaves it open after the last one until somebody cancels. */
export function bodyOf(
  pieces: readonly (Buffer | string)[],
  { stay = false, error, cancellation }: { stay?: boolean; error?: Error; cancellation?: Cancellation } = {},
): UpstreamBody & { readonly cancelled: number } {
  let cancelled = 0;
  let stop: (reason: Error) => void = () => undefined;
  const stopped = new Promise<never>((_, reject) => (stop = reject));
  stopped.catch(() => undefined);
  cancellation?.on(stop);
  return {
    get cancelled() {
      return cancelled;
    },
    cancel: () => {
      cancelled += 1;
      stop(new Error('cancelled'));
    },
    async *[Symbol.asyncIterator]() {
      for (const piece of pieces) yield Buffer.from(piece);
      if (error) throw error;
      if (stay) await stopped;
    },
  };
}

/** An answer with status 200 (unless named) and these pieces. */
export function answerOf(
  pieces: readonly (Buffer | string)[],
  { status = 200, headers = {}, ...rest }: Partial<UpstreamResponse> & { stay?: boolean; error?: Error } = {},
): UpstreamResponse & { body: ReturnType<typeof bodyOf> } {
  const type = status === 200 ? 'text/event-stream' : 'application/json';
  return { status, headers: { 'content-type': type, ...headers }, body: bodyOf(pieces, rest) };
}

type Answer = UpstreamResponse | Error | ((told: Cancellation) => Promise<UpstreamResponse>);

/** A way out that answers from a list, the last answer again and again, and keeps what was asked. */
export function fakeTransport(...answers: readonly Answer[]) {
  const asked: (UpstreamRequest & { readonly atMs: number })[] = [];
  const clock = { nowMs: () => 0 };
  const transport: Transport = async (request, { cancellation }) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)];
    asked.push({ ...request, atMs: clock.nowMs() });
    if (typeof answer === 'function') return answer(cancellation);
    if (answer instanceof Error || !answer) throw answer;
    return answer;
  };
  return { transport, asked, clock };
}

/** A provider that speaks OpenAI's chat API. */
export function provider(overrides: Partial<HttpProvider> = {}): HttpProvider {
  return {
    kind: 'http',
    id: 'acme',
    docs: 'https://acme.test/docs',
    baseUrl: 'https://acme.test/v1',
    baseUrlEnv: ['ACME_API_BASE'],
    keyEnv: ['ACME_API_KEY'],
    headers: bearer,
    chat: [{ dialect: dialects['openai-chat'], path: '/chat/completions' }],
    ...overrides,
  };
}

/** Where a provider is asked first. */
export function firstEndpoint({ chat: [first] }: HttpProvider): Endpoint {
  if (!first) throw new Error('This provider has no chat.');
  return first;
}

/** A deployment of that provider. */
export function deployment(overrides: Partial<Deployment> = {}): Deployment {
  const place = { provider: provider(), model: 'upstream-model', ...overrides };
  return {
    id: `${place.provider.id}/${place.model}`,
    ...place,
    key: 'sk-CANARY-provider-key',
    origin: 'https://acme.test',
    pathPrefix: '/v1',
    headers: {},
    fields: {},
    weight: 1,
    order: 0,
    timeoutMs: undefined,
    firstOutputTimeoutMs: undefined,
    retriesMax: undefined,
    dropParams: undefined,
    ...overrides,
  };
}

/** When a target is left alone, as it comes. */
export const BREAKER_SETTINGS: BreakerSettings = {
  enabled: true,
  failuresMax: 5,
  failedShareMax: 0.5,
  answersMin: 20,
  cooldownMs: 5000,
  cooldownMaxMs: 60_000,
};

/** What carries operations to nobody, with limits that no test reaches. */
export const NO_PASSAGE: OperationSettings = {
  passage: {
    admission: { name: 'limits', run: () => ({}) },
    inspectors: [],
    limits: NO_LIMITS,
    names: { deploymentsOf: () => [], names: () => [] },
    routing: { fallbacks: {}, defaultFallbacks: [], contextWindowFallbacks: {}, contentPolicyFallbacks: {} },
    settings: {
      headersTimeoutMs: 60,
      firstOutputTimeoutMs: 120,
      idleTimeoutMs: 50,
      totalTimeoutMs: 600,
      dropParams: false,
      frameLimits: { jsonBytesMax: 1_000_000, eventBytesMax: 1_000_000 },
      retriesMax: 0,
      attemptsMax: 1,
      backoffMinMs: 0,
      backoffMaxMs: 0,
      retryAfterMaxMs: 0,
      retryBudgetShare: 0,
      retryBudgetPerSecondMin: 0,
    },
    chooser: { order: (_, deployments) => deployments },
    ports: {
      health: new HealthBook(BREAKER_SETTINGS),
      budget: new RetryBudget(),
      transport: () => Promise.reject(new Error('nobody is to be asked')),
      deadlines: () => ({ set: () => undefined, clear: () => undefined }),
      nowMs: () => 0,
      clockMs: () => 0,
      random: () => 0,
      sleep: () => Promise.resolve(),
    },
  },
  countText: () => Promise.resolve({ tokens: 0, tokenizer: 'none' }),
  desk: () => {
    throw new Error('nothing is kept');
  },
  through: { find: () => undefined, prefixes: [] },
};

/** Limits of an attempt, short enough for a hand-turned clock. */
export const ATTEMPT_SETTINGS: AttemptSettings = {
  headersTimeoutMs: 60,
  firstOutputTimeoutMs: 120,
  idleTimeoutMs: 50,
  totalTimeoutMs: 600,
  dropParams: false,
  frameLimits: { jsonBytesMax: 1_000_000, eventBytesMax: 1_000_000 },
};

/** A trail, and the records it gave. */
export function trailOf(of: Turn = turn(), clocks: TrailClocks = handTurned().clocks) {
  const records: TurnRecord[] = [];
  return { trail: new Trail(of, (record) => records.push(record), clocks), records };
}

/** The record of a turn that went well. */
export function record(overrides: Partial<TurnRecord> = {}): TurnRecord {
  return {
    end: 'finished',
    usage: USAGE,
    usageEstimated: false,
    error: undefined,
    blind: false,
    turnId: 'turn-1',
    keyId: 'key-1',
    dialect: 'openai-chat',
    model: 'the-model',
    stream: true,
    tags: [],
    provider: 'acme',
    upstreamModel: 'upstream-model',
    attempts: [{ target: 'acme/m', provider: 'acme', model: 'upstream-model', fallback: 0, ms: 12, error: undefined }],
    trail: [],
    warnings: [],
    startedAt: 1_700_000_000_000,
    durationMs: 1234.5678,
    firstOutputMs: 234.5,
    status: 200,
    ...overrides,
  };
}

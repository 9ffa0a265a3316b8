import { createParser } from 'eventsource-parser';

/** Somebody who answers chat requests: a gateway, or a provider. */
export interface Target {
  readonly name: string;
  /** With `/v1` at its end. */
  readonly baseUrl: string;
  readonly key: string;
  readonly model: string;
}

/** One answer, measured. */
export interface Asked {
  readonly firstMs: number;
  /** When the first word of a stream was there. */
  readonly firstWordMs: number | undefined;
  readonly totalMs: number;
  readonly outputTokens: number;
  /** What `x-synthlang-cache` said. */
  readonly cache: string | undefined;
  /** Why it failed. */
  readonly error: string | undefined;
}

/** What is asked, and how. */
export interface Question {
  readonly text: string;
  readonly stream: boolean;
  readonly outputTokensMax: number;
  /** An answer that takes longer is an error. */
  readonly timeoutMs: number;
}

interface AskPorts {
  readonly signal: AbortSignal;
  readonly clockMs: () => number;
}

const ANSWER_BYTES_MAX = 16_777_216;
/** Ctrl-C reaches the asked as well, perhaps sooner: so long after a failure it is looked whether there was one. */
const ENDING_MS = 50;

/** Asks once and measures; a failure is a result too. Throws only when it is told to end. */
export async function ask(target: Target, question: Question, ports: AskPorts): Promise<Asked> {
  const asked = await askedOnce(target, question, ports);
  if (asked.error !== undefined) {
    await new Promise((resolve) => {
      setTimeout(resolve, ENDING_MS);
    });
    ports.signal.throwIfAborted();
  }
  return asked;
}

async function askedOnce(target: Target, question: Question, { signal, clockMs }: AskPorts): Promise<Asked> {
  const started = clockMs();
  const sinceMs = (): number => clockMs() - started;
  const failed = (error: string): Asked => {
    const totalMs = sinceMs();
    return { firstMs: totalMs, firstWordMs: undefined, totalMs, outputTokens: 0, cache: undefined, error };
  };
  const late = AbortSignal.timeout(question.timeoutMs);
  try {
    const answer = await fetch(`${target.baseUrl}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${target.key}`, 'content-type': 'application/json' },
      body: JSON.stringify(bodyOf(target, question)),
      redirect: 'error',
      signal: AbortSignal.any([signal, late]),
    });
    const { text, ...times } = await read(answer, question.stream && answer.ok, sinceMs);
    if (!answer.ok) return failed(`status ${answer.status}`);
    if (question.stream && !text.includes('data: [DONE]')) return failed('the stream stopped before its end');
    const outputTokens = Number(/"completion_tokens"\s*:\s*(\d{1,9})/.exec(text)?.[1] ?? 0);
    const cache = answer.headers.get('x-synthlang-cache') ?? undefined;
    return { ...times, totalMs: sinceMs(), outputTokens, cache, error: undefined };
  } catch (thrown) {
    signal.throwIfAborted();
    return failed(late.aborted ? `no whole answer within ${question.timeoutMs} ms` : reasonOf(thrown));
  }
}

function bodyOf({ model }: Target, { text, stream, outputTokensMax }: Question): object {
  const body = { model, max_tokens: outputTokensMax, messages: [{ role: 'user', content: text }] };
  return stream ? { ...body, stream: true, stream_options: { include_usage: true } } : body;
}

async function read(answer: Response, isStream: boolean, sinceMs: () => number) {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  let firstMs: number | undefined;
  let firstWordMs: number | undefined;
  const saysWord = isStream ? wordFinder() : () => false;
  for await (const piece of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
    firstMs ??= sinceMs();
    bytes += piece.length;
    if (bytes > ANSWER_BYTES_MAX) throw new Error(`the answer is longer than ${ANSWER_BYTES_MAX} bytes`);
    pieces.push(piece);
    if (firstWordMs === undefined && saysWord(piece)) firstWordMs = sinceMs();
  }
  return { text: Buffer.concat(pieces).toString('utf8'), firstMs: firstMs ?? sinceMs(), firstWordMs };
}

/** Whether the stream has said a word with this piece. Nothing behind that is looked at, since looking takes time. */
function wordFinder(): (piece: Uint8Array) => boolean {
  let isFound = false;
  const decoder = new TextDecoder();
  const parser = createParser({ onEvent: ({ data }) => void (isFound ||= holdsWord(data)) });
  return (piece) => {
    parser.feed(decoder.decode(piece, { stream: true }));
    return isFound;
  };
}

function holdsWord(data: string): boolean {
  return /"(?:content|reasoning_content|arguments)"\s*:\s*"[^"]/.test(data);
}

/** `fetch` says why in the cause. */
function reasonOf(thrown: unknown): string {
  const cause = thrown instanceof Error ? (thrown.cause ?? thrown) : thrown;
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message;
  return String(cause);
}

/** Keeps so many requests on their way until `count` were asked. Ends early, with what there is, when it is told to. */
export async function askMany(
  count: number,
  concurrency: number,
  one: (at: number) => Promise<Asked>,
  signal: AbortSignal,
): Promise<readonly Asked[]> {
  const done: Asked[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count && !signal.aborted) {
      next += 1;
      done.push(await one(next - 1));
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: Math.min(concurrency, count) }, worker));
  const broken = workers.find((worked) => worked.status === 'rejected');
  if (broken && !signal.aborted) throw broken.reason;
  return done;
}

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
}

/** Asks once and measures; a failure is a result too. Throws only when it is told to end. */
export async function ask(
  target: Target,
  question: Question,
  { signal, clockMs }: { readonly signal: AbortSignal; readonly clockMs: () => number },
): Promise<Asked> {
  const started = clockMs();
  const failed = (error: string): Asked => {
    const totalMs = clockMs() - started;
    return { firstMs: totalMs, totalMs, outputTokens: 0, cache: undefined, error };
  };
  try {
    const answer = await fetch(`${target.baseUrl}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${target.key}`, 'content-type': 'application/json' },
      body: JSON.stringify(bodyOf(target, question)),
      redirect: 'error',
      signal,
    });
    const { text, firstMs } = await read(answer, () => clockMs() - started);
    if (!answer.ok) return failed(`status ${answer.status}`);
    const outputTokens = Number(/"completion_tokens"\s*:\s*(\d{1,9})/.exec(text)?.[1] ?? 0);
    const cache = answer.headers.get('x-synthlang-cache') ?? undefined;
    return { firstMs, totalMs: clockMs() - started, outputTokens, cache, error: undefined };
  } catch (thrown) {
    signal.throwIfAborted();
    return failed(thrown instanceof Error ? thrown.message : String(thrown));
  }
}

function bodyOf({ model }: Target, { text, stream, outputTokensMax }: Question): object {
  const body = { model, max_tokens: outputTokensMax, messages: [{ role: 'user', content: text }] };
  return stream ? { ...body, stream: true, stream_options: { include_usage: true } } : body;
}

async function read(answer: Response, sinceMs: () => number): Promise<{ text: string; firstMs: number }> {
  const pieces: Uint8Array[] = [];
  let firstMs: number | undefined;
  for await (const piece of answer.body ?? []) {
    firstMs ??= sinceMs();
    pieces.push(piece);
  }
  return { text: Buffer.concat(pieces).toString('utf8'), firstMs: firstMs ?? sinceMs() };
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

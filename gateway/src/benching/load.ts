import { ask, type Asked, askMany, type Target } from './asking.ts';
import type { BenchPorts } from './contract.ts';

/** Who is asked, how often, and how many at a time. */
export interface LoadWish {
  /** The first one is what is measured; a second one is what it is compared with. */
  readonly targets: readonly Target[];
  readonly requests: number;
  readonly concurrency: number;
  readonly prompt: string;
  readonly outputTokensMax: number;
  readonly timeoutMs: number;
  /** Requests to each before anything is measured. */
  readonly warmUp: number;
}

/** Said of every scenario that asks. */
export const REMARKS: readonly string[] = [
  'Requests are made by one process with fetch, which costs more than most gateways: compare rows, not machines.',
];

/** Who was asked for what. */
export function factsOf({ targets, requests, concurrency, prompt, outputTokensMax, warmUp }: LoadWish) {
  return {
    asked: targets.map(({ name, baseUrl, model }) => `${name}: ${model} at ${baseUrl}`).join('; '),
    requests,
    'before that, unmeasured': warmUp,
    concurrency,
    'prompt, characters': prompt.length,
    'output tokens at most': outputTokensMax,
  };
}

/** The question as it is, and whether the answer comes as a stream. */
export interface Kind {
  readonly stream: boolean;
  /** Told behind the prompt, with a number, so that no two questions are the same and no cache answers. */
  readonly name: string;
}

/** Asks somebody so many questions, each another one. */
export function asked(
  target: Target,
  { stream, name }: Kind,
  count: number,
  { wish, ports }: { readonly wish: LoadWish; readonly ports: BenchPorts },
): Promise<readonly Asked[]> {
  const { prompt, outputTokensMax, timeoutMs, concurrency } = wish;
  const one = (at: number): Promise<Asked> =>
    ask(target, { text: `${prompt} (${name} ${at})`, stream, outputTokensMax, timeoutMs }, ports);
  return askMany(count, concurrency, one, ports.signal);
}

import { ask, type Asked, askMany, type Target } from './asking.ts';
import type { BenchPorts, BenchReport, Cell, Column } from './contract.ts';
import { quantile } from './figures.ts';

/** Who is asked, how often, and how many at a time. */
export interface LoadWish {
  readonly targets: readonly Target[];
  readonly requests: number;
  readonly concurrency: number;
  readonly prompt: string;
  readonly outputTokensMax: number;
}

/** How long answers take, whole and streamed. Targets take turns, so that they meet the same weather. */
export async function benchLatency(wish: LoadWish, ports: BenchPorts): Promise<BenchReport> {
  const rows: Cell[][] = [];
  for (const stream of [false, true]) {
    for (const target of wish.targets) {
      if (ports.signal.aborted) break;
      const { prompt: text, outputTokensMax, requests, concurrency } = wish;
      // Each question is another one, so that no cache answers.
      const one = (at: number): Promise<Asked> =>
        ask(target, { text: `${text} (${stream ? 'stream' : 'whole'} ${at})`, stream, outputTokensMax }, ports);
      const asked = await askMany(requests, concurrency, one, ports.signal);
      rows.push([target.name, stream ? 'streamed' : 'whole', ...timesOf(asked)]);
      ports.onProgress(`${target.name}, ${stream ? 'streamed' : 'whole'}: ${asked.length} answers`);
    }
  }
  return {
    scenario: 'latency',
    facts: factsOf(wish),
    tables: [
      {
        title: 'Milliseconds',
        columns: [{ name: 'asked' }, { name: 'answer' }, ...TIMES],
        rows,
        chart: { names: [0, 1], value: 4 },
      },
    ],
    remarks: REMARKS,
    isCut: ports.signal.aborted,
  };
}

/** Columns of `timesOf`. */
export const TIMES: readonly Column[] = [
  { name: 'answers', digits: 0 },
  { name: 'errors', digits: 0 },
  { name: 'p50', digits: 1 },
  { name: 'p90', digits: 1 },
  { name: 'p99', digits: 1 },
  { name: 'first byte p50', digits: 1 },
  { name: 'first byte p99', digits: 1 },
];

/** Said of every scenario that asks. */
export const REMARKS: readonly string[] = [
  'Requests are made by this process with fetch, which costs more than most gateways: compare rows, not machines.',
];

/** Counts and percentiles of answers; times are of those that came. */
export function timesOf(asked: readonly Asked[]): readonly Cell[] {
  const good = asked.filter(({ error }) => error === undefined);
  const total = good.map(({ totalMs }) => totalMs).toSorted((a, b) => a - b);
  const first = good.map(({ firstMs }) => firstMs).toSorted((a, b) => a - b);
  const at = (sorted: readonly number[], share: number): Cell =>
    sorted.length === 0 ? undefined : quantile(sorted, share);
  return [
    good.length,
    asked.length - good.length,
    at(total, 0.5),
    at(total, 0.9),
    at(total, 0.99),
    at(first, 0.5),
    at(first, 0.99),
  ];
}

/** Who was asked for what. */
export function factsOf({ targets, requests, concurrency, prompt, outputTokensMax }: LoadWish) {
  return {
    asked: targets.map(({ name, baseUrl, model }) => `${name}: ${model} at ${baseUrl}`).join('; '),
    requests,
    concurrency,
    'prompt, characters': prompt.length,
    'output tokens at most': outputTokensMax,
  };
}

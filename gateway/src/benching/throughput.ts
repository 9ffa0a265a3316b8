import { ask, type Asked, askMany } from './asking.ts';
import type { BenchPorts, BenchReport, Cell } from './contract.ts';
import { factsOf, type LoadWish, REMARKS, TIMES, timesOf } from './latency.ts';

const STEPS = [1, 4, 16, 64, 256];

/** How many requests a second are answered as more and more come at once. */
export async function benchThroughput(wish: LoadWish, ports: BenchPorts): Promise<BenchReport> {
  const rows: Cell[][] = [];
  const { signal, clockMs, onProgress } = ports;
  const { prompt, outputTokensMax, requests } = wish;
  for (const concurrency of STEPS.filter((step) => step <= wish.concurrency)) {
    for (const target of wish.targets) {
      if (signal.aborted) break;
      const started = clockMs();
      const one = (at: number): Promise<Asked> =>
        ask(target, { text: `${prompt} (${concurrency} at once, ${at})`, stream: false, outputTokensMax }, ports);
      const asked = await askMany(Math.max(requests, concurrency), concurrency, one, signal);
      const seconds = (clockMs() - started) / 1000;
      const good = asked.filter(({ error }) => error === undefined);
      const tokens = good.reduce((sum, { outputTokens }) => sum + outputTokens, 0);
      rows.push([target.name, concurrency, good.length / seconds, tokens / seconds, ...timesOf(asked)]);
      onProgress(`${target.name}, ${concurrency} at once: ${asked.length} answers`);
    }
  }
  return {
    scenario: 'throughput',
    facts: factsOf(wish),
    tables: [
      {
        title: 'Requests a second, by how many are on their way',
        columns: [
          { name: 'asked' },
          { name: 'at once', digits: 0 },
          { name: 'requests/s', digits: 1 },
          { name: 'output tokens/s', digits: 1 },
          ...TIMES,
        ],
        rows,
        chart: { names: [0, 1], value: 2 },
      },
    ],
    remarks: REMARKS,
    isCut: signal.aborted,
  };
}

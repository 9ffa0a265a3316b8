import type { Asked, Target } from './asking.ts';
import type { BenchPorts, BenchReport, Cell } from './contract.ts';
import { asked, factsOf, type LoadWish, REMARKS } from './load.ts';
import { complaints, goodOf, problemOf, ratio, TIMES, timesOf } from './times.ts';

const STEPS = [1, 4, 16, 64, 256];

/** How many are on their way at a time, step by step, up to as many as were asked for. */
export function stepsTo(most: number): readonly number[] {
  return [...STEPS.filter((step) => step < most), most];
}

interface Step {
  readonly target: Target;
  readonly concurrency: number;
  readonly seconds: number;
  readonly asked: readonly Asked[];
}

/** How many requests a second are answered as more and more come at once. */
export async function benchThroughput(wish: LoadWish, ports: BenchPorts): Promise<BenchReport> {
  const steps: Step[] = [];
  for (const target of wish.targets)
    await asked(target, { stream: false, name: 'warming up' }, wish.warmUp, { wish, ports });
  for (const concurrency of stepsTo(wish.concurrency)) {
    for (const target of wish.targets) {
      if (ports.signal.aborted) break;
      const step = await stepOf(target, { ...wish, concurrency }, ports);
      steps.push(step);
      ports.onProgress(`${target.name}, ${concurrency} at once: ${step.asked.length} answers`);
    }
  }
  return reportOf(steps, wish, ports.signal.aborted);
}

async function stepOf(target: Target, wish: LoadWish, ports: BenchPorts): Promise<Step> {
  const { concurrency } = wish;
  const started = ports.clockMs();
  const kind = { stream: false, name: `${concurrency} at once,` };
  const answers = await asked(target, kind, Math.max(wish.requests, concurrency), { wish, ports });
  return { target, concurrency, seconds: (ports.clockMs() - started) / 1000, asked: answers };
}

function reportOf(steps: readonly Step[], wish: LoadWish, isCut: boolean): BenchReport {
  const other = wish.targets.length > 1 ? wish.targets.at(-1)?.name : undefined;
  const failures = steps.flatMap((step) => complaints(`${step.target.name}, ${step.concurrency} at once`, step.asked));
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
          ...(other === undefined ? [] : [{ name: `requests/s × ${other}`, digits: 2 }]),
        ],
        rows: steps.map((step) => rowOf(step, steps, other)),
        chart: { names: [0, 1], value: 2, kind: 'lines' },
      },
    ],
    remarks: [...failures, ...REMARKS],
    isCut,
    problem: problemOf(steps.flatMap((step) => step.asked)),
  };
}

function rowOf(step: Step, steps: readonly Step[], other: string | undefined): readonly Cell[] {
  const beside = steps.find(({ target, concurrency }) => target.name === other && concurrency === step.concurrency);
  const tokens = goodOf(step.asked).reduce((sum, { outputTokens }) => sum + outputTokens, 0);
  return [
    step.target.name,
    step.concurrency,
    rateOf(step),
    tokens / step.seconds,
    ...timesOf(step.asked),
    ...(beside ? [ratio(rateOf(step), rateOf(beside))] : []),
  ];
}

function rateOf({ asked: answers, seconds }: Step): number {
  return goodOf(answers).length / seconds;
}

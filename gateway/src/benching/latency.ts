import type { Asked, Target } from './asking.ts';
import type { BenchPorts, BenchReport, Cell } from './contract.ts';
import { asked, factsOf, type LoadWish, REMARKS } from './load.ts';
import { complaints, firstWordOf, middleOf, problemOf, ratio, TIMES, timesOf } from './times.ts';

/** Targets take turns this often, so that they meet the same weather. */
const ROUNDS = 4;

interface Measured {
  readonly target: Target;
  readonly answer: 'whole' | 'streamed';
  readonly asked: Asked[];
}

/** How long answers take, whole and streamed, and how much longer than somebody else's. */
export async function benchLatency(wish: LoadWish, ports: BenchPorts): Promise<BenchReport> {
  const cells: Measured[] = [];
  for (const answer of ['whole', 'streamed'] as const) {
    const beside = wish.targets.map((target): Measured => ({ target, answer, asked: [] }));
    await inTurn(beside, wish, ports);
    cells.push(...beside.filter((cell) => cell.asked.length > 0));
  }
  const other = wish.targets.length > 1 ? wish.targets.at(-1)?.name : undefined;
  const all = cells.flatMap((cell) => cell.asked);
  return {
    scenario: 'latency',
    facts: factsOf(wish),
    tables: [
      {
        title: 'Milliseconds',
        columns: [
          { name: 'asked' },
          { name: 'answer' },
          ...TIMES,
          { name: 'first word p50', digits: 1 },
          ...(other === undefined ? [] : [{ name: `p50 × ${other}`, digits: 2 }]),
        ],
        rows: cells.map((cell) => rowOf(cell, cells, other)),
        chart: { names: [0, 1], value: 4 },
      },
    ],
    remarks: [...cells.flatMap((cell) => complaints(`${cell.target.name}, ${cell.answer}`, cell.asked)), ...REMARKS],
    isCut: ports.signal.aborted,
    problem: problemOf(all),
  };
}

async function inTurn(beside: readonly Measured[], wish: LoadWish, ports: BenchPorts): Promise<void> {
  const world = { wish, ports };
  for (const { target, answer } of beside)
    await asked(target, { stream: answer === 'streamed', name: `${answer}, warming up` }, wish.warmUp, world);
  for (let round = 0; round < ROUNDS; round += 1) {
    const count = Math.floor((wish.requests * (round + 1)) / ROUNDS) - Math.floor((wish.requests * round) / ROUNDS);
    for (const cell of beside) {
      if (ports.signal.aborted || count === 0) continue;
      const kind = { stream: cell.answer === 'streamed', name: `${cell.answer}, round ${round},` };
      cell.asked.push(...(await asked(cell.target, kind, count, world)));
    }
    ports.onProgress(`${beside[0]?.answer}: round ${round + 1} of ${ROUNDS}`);
  }
}

function rowOf(cell: Measured, cells: readonly Measured[], other: string | undefined): readonly Cell[] {
  const beside = cells.find(({ target, answer }) => target.name === other && answer === cell.answer);
  const compared = beside ? [ratio(middleOf(cell.asked), middleOf(beside.asked))] : [];
  return [cell.target.name, cell.answer, ...timesOf(cell.asked), firstWordOf(cell.asked), ...compared];
}

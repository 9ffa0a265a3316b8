import { ask, type Asked, askMany } from './asking.ts';
import type { BenchPorts, BenchReport, Cell } from './contract.ts';
import { seeded } from './corpus/seeded.ts';
import { asked, factsOf, type LoadWish, REMARKS } from './load.ts';
import { complaints, problemOf, TIMES, timesOf } from './times.ts';

/** How many of the questions were asked before. */
export interface CacheWish extends LoadWish {
  readonly repeatedShare: number;
  readonly seed: number;
}

/** What a cache answers, and how fast, when some questions come again. */
export async function benchCache(wish: CacheWish, ports: BenchPorts): Promise<BenchReport> {
  const { targets, requests, concurrency, outputTokensMax, timeoutMs } = wish;
  const questions = mix(wish);
  const rows: Cell[][] = [];
  const all: Asked[] = [];
  const failures: string[] = [];
  for (const target of targets) {
    if (ports.signal.aborted) break;
    await asked(target, { stream: false, name: 'warming up' }, wish.warmUp, { wish, ports });
    const one = (at: number): Promise<Asked> =>
      ask(target, { text: questions[at] ?? '', stream: false, outputTokensMax, timeoutMs }, ports);
    const answers = await askMany(requests, concurrency, one, ports.signal);
    all.push(...answers);
    failures.push(...complaints(target.name, answers));
    for (const kind of [...new Set(answers.map(kindOf))].sort()) {
      const some = answers.filter((one) => kindOf(one) === kind);
      rows.push([target.name, kind, (some.length / answers.length) * 100, ...timesOf(some)]);
    }
    ports.onProgress(`${target.name}: ${answers.length} answers`);
  }
  return {
    scenario: 'cache',
    facts: { ...factsOf(wish), 'asked before, %': wish.repeatedShare * 100, seed: wish.seed },
    tables: [
      {
        title: 'Answers by what the cache said of them, milliseconds',
        columns: [{ name: 'asked' }, { name: 'cache' }, { name: 'share %', digits: 1 }, ...TIMES],
        rows,
        chart: { names: [0, 1], value: 5 },
      },
    ],
    remarks: [
      ...failures,
      ...REMARKS,
      '"no word of it" means that the answers say nothing of a cache: it is switched off there.',
    ],
    isCut: ports.signal.aborted,
    problem: problemOf(all),
  };
}

function kindOf({ cache, error }: Asked): string {
  return error === undefined ? (cache ?? 'no word of it') : 'failed';
}

/** New questions and old ones, in an order that the seed decides. */
function mix({ requests, repeatedShare, seed, prompt }: CacheWish): readonly string[] {
  const { next, pick, hex } = seeded(seed);
  const asked: string[] = [];
  for (let at = 0; at < requests; at += 1)
    asked.push(asked.length > 0 && next() < repeatedShare ? pick(asked) : `${prompt} (${hex(12)})`);
  return asked;
}

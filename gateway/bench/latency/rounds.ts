import { setTimeout as wait } from 'node:timers/promises';
import type { Case } from './cases.ts';
import type { LoadResult } from './load-contract.ts';
import { cpuClock, cpuUs } from './process-cost.ts';
import { requestBytes } from './request-bytes.ts';
import type { Settings } from './settings.ts';
import type { Arena, Contender } from './stand-up.ts';

/** One case of one system in one round. */
export interface Cell {
  readonly round: number;
  readonly case: string;
  readonly system: string;
  readonly load: LoadResult;
  /** Of the system's processes; of the provider's where the provider is asked directly. */
  readonly cpuUsPerRequest: number;
  /** How busy the load generator was, 1 being one core. */
  readonly generatorBusy: number;
}

const clock = cpuClock();

/** Measures everything, round by round; within a case every system has its turn, and another one begins each round. */
export async function runRounds(
  arena: Arena,
  settings: Settings,
  say: (line: string) => void,
): Promise<readonly Cell[]> {
  const plan = await calibrate(arena, settings, say);
  const cells: Cell[] = [];
  for (let round = 1; round <= settings.rounds; round += 1) {
    say(`round ${round} of ${settings.rounds}`);
    for (const one of settings.cases) {
      for (const contender of rotated(arena.contenders, round)) {
        const requests = plan.get(planKey(one, contender)) ?? 0;
        cells.push(await measure(arena, { one, contender, requests, round, settleMs: settings.settleMs }));
      }
    }
  }
  return cells;
}

/** Fixes how many requests each system gets in each case, and warms everything up by the way. */
async function calibrate(
  { contenders, generator }: Arena,
  settings: Settings,
  say: (line: string) => void,
): Promise<ReadonlyMap<string, number>> {
  const plan = new Map<string, number>();
  if (!settings.smoke) say('warming up and fixing the number of requests');
  for (const one of settings.cases) {
    for (const contender of contenders) {
      const capMs = settings.seconds * 1000;
      const job = { ...jobOf(one, contender), requests: 1_000_000, capMs };
      const found = settings.smoke ? smokeRequests(one) : (await generator.load(job)).requests;
      plan.set(planKey(one, contender), Math.max(1, Math.round(found / one.connections)) * one.connections);
    }
  }
  return plan;
}

function smokeRequests({ kind, connections }: Case): number {
  return kind === 'plain' ? Math.max(100, connections * 2) : connections;
}

interface Turn {
  readonly one: Case;
  readonly contender: Contender;
  readonly requests: number;
  readonly round: number;
  readonly settleMs: number;
}

async function measure({ generator }: Arena, { one, contender, requests, round, settleMs }: Turn): Promise<Cell> {
  const { pid } = contender.running;
  // Not counted. While the others had their turn, this one's pages were taken away, and it is long before all are back.
  await generator.load({ ...jobOf(one, contender), requests });
  const generatorBefore = cpuUs(generator.pid, clock);
  const before = cpuUs(pid, clock);
  const load = await generator.load({ ...jobOf(one, contender), requests });
  const generatorUs = cpuUs(generator.pid, clock) - generatorBefore;
  await wait(settleMs);
  const used = cpuUs(pid, clock) - before;
  return {
    round,
    case: one.id,
    system: contender.id,
    load,
    cpuUsPerRequest: used / Math.max(1, load.requests),
    generatorBusy: generatorUs / 1000 / load.wallMs,
  };
}

function jobOf(one: Case, { running }: Contender): { port: number; request: string; connections: number } {
  const request = requestBytes(running.address(one.kind), one.kind, one.bodyBytes);
  return { port: running.port, request, connections: one.connections };
}

function planKey(one: Case, contender: Contender): string {
  return `${one.id} ${contender.id}`;
}

function rotated<T>(all: readonly T[], by: number): readonly T[] {
  const start = by % all.length;
  return [...all.slice(start), ...all.slice(0, start)];
}

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { load, machine, memoryTimes } from '../latency/machine.ts';
import { memoryOf } from '../latency/memory.ts';
import type { Memory } from '../latency/memory.ts';
import { complete, markdown } from '../latency/report.ts';
import type { Report } from '../latency/report.ts';
import { runRounds } from '../latency/rounds.ts';
import { isComplete, settingsOf } from '../latency/settings.ts';
import type { Settings } from '../latency/settings.ts';
import { standUp } from '../latency/stand-up.ts';
import type { Arena } from '../latency/stand-up.ts';
import type { Scenario } from './contract.ts';

/** Node gives the memory of its start back when it has had nothing to do for a while. */
const REST_MS = 30_000;
const RESULTS = fileURLToPath(new URL('../results/', import.meta.url));

/** CPU, added latency and memory of the gateway beside nginx, a bare Node proxy and another gateway. */
export const latency: Scenario = {
  id: 'latency',
  says: 'CPU, added latency and memory beside nginx, a bare Node proxy and Portkey [--rounds N --seconds S --smoke]',
  run: async (args) => {
    const settings = settingsOf(args);
    const folder = mkdtempSync(join(tmpdir(), 'latency-bench-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    return withArena(await standUp(settings, folder), settings);
  },
};

async function withArena(arena: Arena, settings: Settings): Promise<number> {
  try {
    for (const { id, why } of arena.complaints) say(`${id}: ${why}`);
    const report = await take(arena, settings);
    say(`\n${markdown(report)}`);
    if (settings.smoke) say('A smoke run is cold and short: it shows that everything works, not how fast.');
    if (isComplete(settings)) keep(report);
    const wrong = report.rows.some(({ errors }) => errors > 0) || arena.complaints.some(({ fatal }) => fatal);
    if (wrong) say('There were errors; these numbers do not count.');
    return wrong ? 1 : 0;
  } finally {
    await arena.close();
  }
}

async function take(arena: Arena, settings: Settings): Promise<Report> {
  const loadBefore = load();
  const memoryBefore = memoryTimes();
  const memory: Memory[] = [];
  if (!settings.smoke) {
    say(`resting ${REST_MS / 1000} s, so that idle memory is that of idle processes`);
    await wait(REST_MS);
  }
  for (const contender of arena.contenders.filter(({ id }) => id !== 'direct')) {
    memory.push(await memoryOf(contender, arena.generator, settings.heldStreams));
  }
  const cells = await runRounds(arena, settings, say);
  const missing = arena.complaints.map(({ id, why }) => `${id}: ${why}`);
  const found = {
    machine: machine(),
    loadBefore,
    loadAfter: load(),
    memoryTimes: memoryBefore,
    settings,
    missing,
    memory,
    cells,
  };
  return complete({ takenAt: new Date().toISOString(), ...found });
}

function keep(report: Report): void {
  mkdirSync(RESULTS, { recursive: true });
  const name = join(RESULTS, `latency-${report.takenAt.slice(0, 10)}`);
  writeFileSync(`${name}.json`, `${JSON.stringify(report, undefined, 1)}\n`);
  writeFileSync(`${name}.md`, markdown(report));
  say(`Written to ${name}.{json,md}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

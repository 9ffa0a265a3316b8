import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FEATURES } from '../features/features.ts';
import { type FeatureRow, measureFeatures } from '../features/rounds.ts';
import type { Figure } from '../latency/figures.ts';
import { load, machine, memoryTimes } from '../latency/machine.ts';
import { ours } from '../systems/ours.ts';
import type { Scenario } from './contract.ts';

const RESULTS = fileURLToPath(new URL('../results/', import.meta.url));
const OPTIONS = {
  rounds: { type: 'string', default: '5' },
  requests: { type: 'string', default: '10000' },
  only: { type: 'string', default: '' },
  smoke: { type: 'boolean', default: false },
} as const;

/** What each feature adds to a request when it is switched on. */
export const features: Scenario = {
  id: 'features',
  says: 'CPU that each feature adds to a request [--rounds N --requests N --only NAME --smoke]',
  run: async (args) => {
    const { values } = parseArgs({ args: [...args], options: OPTIONS });
    const missing = await ours.missing({ smoke: values.smoke });
    if (missing !== undefined) throw new Error(missing);
    const chosen = FEATURES.filter(({ id }) => id.includes(values.only) || id.startsWith('nothing more'));
    const folder = mkdtempSync(join(tmpdir(), 'features-bench-'));
    try {
      const loadBefore = load();
      const memoryBefore = memoryTimes();
      const [rounds, requests] = values.smoke ? [1, 200] : [Number(values.rounds), Number(values.requests)];
      const rows = await measureFeatures(chosen, { rounds, requests, folder });
      const text = report(rows, { rounds, requests, loadBefore, memoryBefore });
      process.stdout.write(`${text}\n`);
      if (!values.smoke && values.only === '') keep(text);
      return rows.some(({ errors }) => errors > 0) ? 1 : 0;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

interface Circumstances {
  readonly rounds: number;
  readonly requests: number;
  readonly loadBefore: readonly number[];
  readonly memoryBefore: string;
}

function report(rows: readonly FeatureRow[], { rounds, requests, loadBefore, memoryBefore }: Circumstances): string {
  const { cpu, cores, node, kernel } = machine();
  return [
    `# Features, ${new Date().toISOString().slice(0, 10)}`,
    `${cpu}, ${cores} cores; Linux ${kernel}; Node ${node}. Load average ${loadBefore.join(' ')} before. ` +
      `${memoryBefore} 32 connections, ${rounds} rounds of ${requests} requests, gateways in turn; median (lowest–highest) of CPU in µs, ` +
      'user and system. Added: less the same request without the feature, in the same round.',
    [
      '| switched on | CPU µs | added µs | goal | reached | errors |',
      '|---|--:|--:|--:|:-:|--:|',
      ...rows.map(line),
    ].join('\n'),
  ].join('\n\n');
}

function line({ feature: { id, goalUs, isWhole }, wholeUs, addedUs, errors }: FeatureRow): string {
  const judged = isWhole ? wholeUs : addedUs;
  const reached = goalUs === undefined || !judged ? '' : judged.median <= goalUs ? 'yes' : 'no';
  const goal = goalUs === undefined ? '' : `≤ ${goalUs}${isWhole ? ' in all' : ''}`;
  return `| ${id} | ${shown(wholeUs)} | ${shown(addedUs)} | ${goal} | ${reached} | ${errors} |`;
}

function shown(figure: Figure | undefined): string {
  return figure ? `${figure.median.toFixed(0)} (${figure.min.toFixed(0)}–${figure.max.toFixed(0)})` : '';
}

function keep(text: string): void {
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(join(RESULTS, `features-${new Date().toISOString().slice(0, 10)}.md`), `${text}\n`);
}

import type { Memory } from './memory.ts';
import type { Row } from './summary.ts';
import { WORDS } from './cases.ts';

/** One goal of the project and where we stand. */
export interface Standing {
  readonly goal: string;
  /** What it must stay under, or over when `atLeast`: first, and then. */
  readonly bounds: readonly [number, number];
  readonly atLeast?: boolean;
  readonly measured: number | undefined;
}

const MEGABYTE = 1024 * 1024;

/** Compares a run with the goals for speed and memory. */
export function standings(rows: readonly Row[], memory: readonly Memory[]): readonly Standing[] {
  const row = (id: string, system = 'ours') => rows.find((one) => one.case === id && one.system === system);
  const cpu = (id: string, system = 'ours') => row(id, system)?.cpuUs?.median;
  const ours = memory.find(({ system }) => system === 'ours');
  const busy = '1 KB, 32 connections';
  const alone = '1 KB, 1 connection';
  const perRequest = (how: string, system: string): readonly Standing[] => [
    { goal: `CPU per 1 KB request ÷ nginx${how}`, bounds: [4, 2], measured: row(busy, system)?.cpuToNginx?.median },
    {
      goal: `CPU per 20 KB request ÷ nginx${how}`,
      bounds: [7, 2.7],
      measured: row('20 KB, 32 connections', system)?.cpuToNginx?.median,
    },
    {
      goal: `Portkey’s CPU ÷ ours, 1 KB${how}`,
      bounds: [20, 50],
      atLeast: true,
      measured: ratio(cpu(busy, 'portkey'), cpu(busy, system)),
    },
    {
      goal: `p99 at 32 connections ÷ nginx’s${how}`,
      bounds: [3, 2.5],
      measured: row(busy, system)?.p99ToNginx?.median,
    },
  ];
  return [
    ...perRequest('', 'ours'),
    ...perRequest(', without database', 'storeless'),
    {
      goal: 'everything on ÷ the same transport bare',
      bounds: [1.5, 1.3],
      measured: ratio(cpu(busy), cpu(busy, 'bare')),
    },
    {
      goal: 'CPU per paced stream ÷ nginx',
      bounds: [2.5, 2],
      measured: row('paced stream, 64 at once')?.cpuToNginx?.median,
    },
    { goal: 'CPU per burst event, µs', bounds: [5, 1], measured: ratio(cpu('burst stream, 4 at once'), WORDS.burst) },
    {
      goal: 'added time to first byte, ms',
      bounds: [1, 0.5],
      measured: row('paced stream, 16 at once')?.addedFirstByteMs?.median,
    },
    {
      goal: 'added p50 at 1 connection ÷ nginx’s',
      bounds: [2, 1.5],
      measured: ratio(addedP50(row(alone)), addedP50(row(alone, 'nginx'))),
    },
    { goal: 'memory idle, MB', bounds: [120, 70], measured: ratio(ours?.idleBytes, MEGABYTE) },
    { goal: 'memory per open stream, KB', bounds: [100, 50], measured: ratio(ours?.perStreamBytes, 1024) },
  ];
}

function addedP50(row: Row | undefined): number | undefined {
  return row?.addedP50Ms?.median;
}

function ratio(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a / b;
}

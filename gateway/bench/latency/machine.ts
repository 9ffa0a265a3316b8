import { spawnSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { cpuClock } from './process-cost.ts';

/** What the numbers were taken on; without it they say nothing. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly kernel: string;
  readonly node: string;
  readonly nginx: string;
  readonly cpuClock: string;
}

/** Describes this machine. */
export function machine(): Machine {
  const cores = cpus();
  const version = spawnSync('nginx', ['-v'], { encoding: 'utf8' });
  return {
    cpu: cores[0]?.model ?? 'unknown',
    cores: cores.length,
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    kernel: release(),
    node: process.version,
    nginx: /nginx\/(\S+)/.exec(`${version.stdout ?? ''}${version.stderr ?? ''}`)?.[1] ?? 'none',
    cpuClock: cpuClock(),
  };
}

/** Processes waiting to run, over 1, 5 and 15 minutes. */
export function load(): readonly number[] {
  return loadavg().map((value) => Math.round(value * 100) / 100);
}

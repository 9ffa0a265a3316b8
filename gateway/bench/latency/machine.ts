import { spawnSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { loadNs } from './load-time.ts';
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

/** Somewhat more than a core has for itself, and far less than machines have for all of their cores. */
const SHARED_BYTES = 16 * 1024 * 1024;
const OWN_BYTES = 256 * 1024;

/**
 * How quick its memory is just now, in words. Programs in JavaScript touch much more of it than nginx does, so where
 * neighbours take the shared cache they lose more, and ratios grow.
 */
export function memoryTimes(): string {
  const ns = (bytes: number): string => loadNs(bytes).toFixed(0);
  return `A load takes ${ns(OWN_BYTES)} ns among 256 KB and ${ns(SHARED_BYTES)} ns among 16 MB.`;
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

import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** What is left in the gateway's process after its garbage was collected. */
export interface Observation {
  readonly atMs: number;
  readonly heapBytes: number;
  readonly residentBytes: number;
  /** Buffers outside the heap. */
  readonly bufferBytes: number;
  /** What keeps its event loop busy, by kind: timers, sockets and so on. */
  readonly resources: Readonly<Record<string, number>>;
  /** Open file descriptors that are sockets. */
  readonly sockets: number;
}

interface Told {
  readonly number: number;
  readonly heapUsed: number;
  readonly rss: number;
  readonly external: number;
  readonly resources: Readonly<Record<string, number>>;
}

const PATIENCE_MS = 20_000;

/** Looks into a process that has loaded `probe.mjs`. */
export class Observer {
  readonly #pid: number;
  readonly #file: string;
  #number = 0;

  constructor(pid: number, file: string) {
    this.#pid = pid;
    this.#file = file;
  }

  async look(): Promise<Observation> {
    this.#number += 1;
    process.kill(this.#pid, 'SIGUSR2');
    const { heapUsed, rss, external, resources } = await this.#told();
    const sockets = socketsOf(this.#pid);
    return {
      atMs: performance.now(),
      heapBytes: heapUsed,
      residentBytes: rss,
      bufferBytes: external,
      resources,
      sockets,
    };
  }

  async #told(): Promise<Told> {
    const giveUpAt = performance.now() + PATIENCE_MS;
    while (performance.now() < giveUpAt) {
      const told = existsSync(this.#file) ? (JSON.parse(readFileSync(this.#file, 'utf8')) as Told) : undefined;
      if (told?.number === this.#number) return told;
      await wait(20);
    }
    throw new Error('The gateway does not tell how it is.');
  }
}

function socketsOf(pid: number): number {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).filter((fd) => {
    try {
      return readlinkSync(join(folder, fd)).startsWith('socket:');
    } catch {
      return false; // closed meanwhile
    }
  }).length;
}

/** By how much something grows in a minute, by the line that fits best. */
export function growthPerMinute(points: readonly { readonly atMs: number; readonly value: number }[]): number {
  if (points.length < 2) return 0;
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const atMs = mean(points.map((point) => point.atMs));
  const value = mean(points.map((point) => point.value));
  const together = points.reduce((sum, point) => sum + (point.atMs - atMs) * (point.value - value), 0);
  const alone = points.reduce((sum, point) => sum + (point.atMs - atMs) ** 2, 0);
  return alone === 0 ? 0 : (together / alone) * 60_000;
}

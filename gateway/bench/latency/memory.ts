import { setTimeout as wait } from 'node:timers/promises';
import type { Generator } from './generator.ts';
import { residentBytes } from './process-cost.ts';
import { requestBytes } from './request-bytes.ts';
import type { Contender } from './stand-up.ts';

/** Memory in RAM of one system. */
export interface Memory {
  readonly system: string;
  /** After a few requests and before the load. */
  readonly idleBytes: number;
  readonly streams: number;
  readonly streamsBytes: number;
  readonly perStreamBytes: number;
}

const REST_MS = 500;

/** Measures a system at rest and with open streams. Run before the load, which leaves garbage behind. */
export async function memoryOf(contender: Contender, generator: Generator, streams: number): Promise<Memory> {
  const { running, id } = contender;
  const request = requestBytes(running.address('held'), 'held', 1024);
  await wait(REST_MS);
  const idleBytes = residentBytes(running.pid);
  const open = await generator.hold({ port: running.port, request, connections: streams });
  if (open !== streams) throw new Error(`${id}: only ${open} of ${streams} streams opened.`);
  await wait(REST_MS);
  const streamsBytes = residentBytes(running.pid);
  await generator.release();
  return { system: id, idleBytes, streams, streamsBytes, perStreamBytes: (streamsBytes - idleBytes) / streams };
}

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Figure, figureOf } from '../latency/figures.ts';
import { type Generator, startGenerator } from '../latency/generator.ts';
import { bodyOf } from '../latency/cases.ts';
import { cpuClock, cpuUs } from '../latency/process-cost.ts';
import { requestWith } from '../latency/request-bytes.ts';
import { verify } from '../latency/verify.ts';
import type { Running } from '../systems/contract.ts';
import { startOurs } from '../systems/ours.ts';
import { startProvider } from '../systems/provider.ts';
import type { Feature } from './features.ts';

/** How the features are measured. */
export interface FeatureSettings {
  readonly rounds: number;
  readonly requests: number;
  readonly folder: string;
}

/** One feature over all rounds: CPU of a whole request, and what is left when its neighbour's is taken off. */
export interface FeatureRow {
  readonly feature: Feature;
  readonly wholeUs: Figure | undefined;
  readonly addedUs: Figure | undefined;
  readonly errors: number;
}

const CONNECTIONS = 32;
const SETTLE_MS = 150;
const clock = cpuClock();

interface Standing {
  readonly feature: Feature;
  readonly running: Running;
  readonly request: string;
  readonly takenUs: number[];
  errors: number;
}

/** Starts a gateway for each feature, and asks them in turn. */
export async function measureFeatures(
  features: readonly Feature[],
  { rounds, requests, folder }: FeatureSettings,
): Promise<readonly FeatureRow[]> {
  const provider = await startProvider();
  const generator = startGenerator();
  const standing: Standing[] = [];
  try {
    for (const [at, feature] of features.entries())
      standing.push(await standUp(feature, provider.port, join(folder, String(at))));
    for (let round = 0; round < rounds; round += 1)
      for (const one of standing) one.takenUs.push(await taken(generator, one, requests));
  } finally {
    generator.stop();
    for (const { running } of standing) await running.stop();
    await provider.stop();
  }
  return standing.map((one) => rowOf(one, standing));
}

async function standUp(feature: Feature, upstreamPort: number, folder: string): Promise<Standing> {
  mkdirSync(folder, { recursive: true });
  const settings = typeof feature.settings === 'function' ? feature.settings(upstreamPort) : feature.settings;
  const running = await startOurs({ upstreamPort, folder }, settings);
  try {
    const address = running.address('plain');
    const key = await feature.key?.(running.port);
    const headers = key === undefined ? address.headers : { authorization: `Bearer ${key}` };
    const request = requestWith({ ...address, headers }, feature.body ?? bodyOf(address.model, false, 1024));
    await verify(running.port, request, { kind: 'plain', model: address.saysModel });
    return { feature, running, request, takenUs: [], errors: 0 };
  } catch (thrown) {
    await running.stop();
    throw thrown;
  }
}

async function taken(generator: Generator, one: Standing, requests: number): Promise<number> {
  const { port, pid } = one.running;
  const load = { port, request: one.request, connections: CONNECTIONS, requests };
  // Not counted. While the others had their turn, this one's pages were taken away.
  await generator.load(load);
  const before = cpuUs(pid, clock);
  const result = await generator.load(load);
  one.errors += result.errors;
  await wait(SETTLE_MS);
  return (cpuUs(pid, clock) - before) / Math.max(1, result.requests);
}

function rowOf({ feature, takenUs, errors }: Standing, all: readonly Standing[]): FeatureRow {
  const beside = all.find((other) => other.feature.id === feature.beside);
  return {
    feature,
    errors,
    wholeUs: figureOf(takenUs),
    addedUs: beside && figureOf(takenUs.map((us, round) => us - (beside.takenUs[round] ?? Number.NaN))),
  };
}

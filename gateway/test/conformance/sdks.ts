import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as OpenAI from 'openai';
import { stall, say } from '../scripted-provider/acts.ts';
import { behave } from '../scripted-provider/behaviour.ts';
import type { ScriptedProvider } from '../scripted-provider/scripted-provider.ts';

/** OpenAI's package: the one installed here, or the one in the folder that `SYNTHLANG_TEST_OPENAI` names. */
export const OPENAI_FOLDER =
  process.env['SYNTHLANG_TEST_OPENAI'] ?? dirname(createRequire(import.meta.url).resolve('openai'));

/** Its version, for the names of tests. */
export const OPENAI_VERSION = (
  JSON.parse(readFileSync(join(OPENAI_FOLDER, 'package.json'), 'utf8')) as { version: string }
).version;

/** Loads it. */
export async function openaiPackage(): Promise<typeof OpenAI> {
  return (await import(pathToFileURL(join(OPENAI_FOLDER, 'index.mjs')).href)) as typeof OpenAI;
}

/** A provider that says one word and then hangs, so that only giving up ends a request. */
export const HANGING = behave(say('Hello you there'), stall({ event: 3 }));

/** How long each of many callers' leaving takes to reach the provider, in milliseconds, shortest first. */
export async function leavingTimes(
  provider: ScriptedProvider,
  begin: (signal: AbortSignal) => Promise<unknown>,
  rounds: number,
): Promise<readonly number[]> {
  const tookMs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const arriving = provider.arrived(provider.requests.length + 1);
    const controller = new AbortController();
    const begun = begin(controller.signal);
    const request = await arriving;
    await begun;
    const leftMs = performance.now();
    controller.abort();
    if ((await request.ended) !== 'aborted') throw new Error(`The provider saw it ${request.ending}, not aborted.`);
    tookMs.push((request.endedAtMs ?? Number.POSITIVE_INFINITY) - leftMs);
  }
  return tookMs.toSorted((a, b) => a - b);
}

/** The time that this share of all stays under. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { paced, silent, silentAfterStart, words } from '../scripted-provider/acts.ts';
import { behave, type Behaviour } from '../scripted-provider/behaviour.ts';
import type { ScriptedRequest } from '../scripted-provider/scripted-request.ts';
import type { Asking } from './caller.ts';
import { DIALECTS } from './dialect-view.ts';
import { isAlive, printed, socketsOf } from './observed.ts';
import { pooled, seeded, until, within } from './until.ts';
import { startWorld, type World } from './world.ts';

const ABORTS = 2000;
const SEED = 42;
const AT_ONCE = 24;
/** The goal for all but one in a hundred, and what nobody may exceed, on a busy machine. */
const HEARD_WITHIN_MS = 50;
const HEARD_AT_ALL_MS = 1000;
const CHUNKS_MAX = 12;

interface Abort {
  readonly number: number;
  readonly caller: (typeof DIALECTS)[number];
  readonly target: (typeof DIALECTS)[number];
  readonly behaviour: Behaviour;
  readonly stream: boolean;
  /** Goes away when so many pieces have been heard. */
  readonly afterChunks: number;
}

const STAGES: readonly Pick<Abort, 'behaviour' | 'stream'>[] = [
  { behaviour: silent(), stream: true },
  { behaviour: silent(), stream: false },
  { behaviour: silentAfterStart(), stream: true },
];
const TALKING = { behaviour: behave(words(2000), paced(2)), stream: true };

function drawn(): readonly Abort[] {
  const random = seeded(SEED);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  return Array.from({ length: ABORTS }, (_, number) => {
    const talks = random() < 0.6;
    const stage = talks ? TALKING : pick(STAGES);
    const afterChunks = talks ? 1 + Math.floor(random() * CHUNKS_MAX) : 0;
    return { number, caller: pick(DIALECTS), target: pick(DIALECTS), ...stage, afterChunks };
  });
}

const aborts = drawn();
const arrivals = new Map<number, (request: ScriptedRequest) => void>();
let world: World;
let socketsBefore: number;

beforeAll(async () => {
  world = await startWorld({
    script: (request, asked) => {
      arrivals.get(Number(asked.model))?.(request);
      return aborts[Number(asked.model)]?.behaviour ?? {};
    },
    upstream: { headersTimeoutMs: 30_000, firstOutputTimeoutMs: 30_000, idleTimeoutMs: 30_000, totalTimeoutMs: 60_000 },
  });
  await world.ask({ dialect: DIALECTS[0] as Abort['caller'], model: 'o/none', stream: true });
  socketsBefore = socketsOf(world.gateway) - world.provider.connections;
});
afterAll(async () => {
  expect(await world.close(), 'secrets where none may be').toEqual([]);
});

test(`${ABORTS} callers go away, and each time the provider hears of it at once`, { timeout: 120_000 }, async () => {
  const heardAfterMs: number[] = [];
  await pooled(aborts, AT_ONCE, async ({ number, caller, target, stream, afterChunks }) => {
    const arrived = new Promise<ScriptedRequest>((resolve) => arrivals.set(number, resolve));
    const asking = world.put({ dialect: caller, model: `${target.prefix}${number}`, stream });
    const request = await within(5000, `question ${number} reaches the provider`, arrived);
    if (afterChunks > 0) await chunks(asking, afterChunks);
    const leftAtMs = performance.now();
    asking.hangUp();
    expect(await within(HEARD_AT_ALL_MS, `the provider hears of ${number}`, request.ended)).toBe('aborted');
    heardAfterMs.push((request.endedAtMs ?? 0) - leftAtMs);
  });
  const sorted = heardAfterMs.toSorted((a, b) => a - b);
  expect(sorted).toHaveLength(ABORTS);
  expect(sorted[Math.floor(ABORTS * 0.99)], 'the 99th percentile in milliseconds').toBeLessThan(HEARD_WITHIN_MS);
});

test('each has exactly one record, which says that it was cancelled', async () => {
  const turns = (await world.records(ABORTS + 1)).filter(({ model }) => model !== 'o/none');
  expect(turns).toHaveLength(ABORTS);
  expect(turns.filter(({ end, status }) => end !== 'cancelled' || status !== 499)).toEqual([]);
  expect(new Set(turns.map(({ requestId }) => requestId)).size).toBe(ABORTS);
});

test('nothing leaks', async () => {
  const { gateway, provider } = world;
  expect(isAlive(gateway)).toBe(true);
  expect(printed(gateway)).not.toMatch(/"msg":"bug"/);
  expect(await world.metric('synthlang_requests_in_flight')).toBe(0);
  expect(provider.requests.filter(({ ending }) => ending === undefined)).toEqual([]);
  await until('no socket is left but idle ones', () => socketsOf(gateway) - provider.connections <= socketsBefore);
});

async function chunks({ begun }: Asking, count: number): Promise<void> {
  const response = await begun;
  for (let seen = 0; seen < count; seen += 1) await once(response, 'data');
}

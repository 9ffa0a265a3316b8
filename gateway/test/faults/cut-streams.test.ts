import { Agent } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cutByClose, cutByReset, cutCleanly, stall, words } from '../scripted-provider/acts.ts';
import { behave, type Behaviour, type Place } from '../scripted-provider/behaviour.ts';
import type { Heard } from './caller.ts';
import { DIALECTS } from './dialect-view.ts';
import { isAlive, printed, socketsOf, turnLines } from './observed.ts';
import { pooled, seeded, until } from './until.ts';
import { startWorld, type World } from './world.ts';

const CUTS = 10_000;
const SEED = 20_261_122;
const AT_ONCE = 96;
const WORDS = 12;
/** The events in front of the one that says how the reply ended, in the dialect that has the fewest. */
const EVENTS_BEFORE_END = WORDS;
/** Fewer bytes than any dialect needs for them. */
const BYTES_BEFORE_END = 1500;

interface Cut {
  readonly number: number;
  readonly caller: (typeof DIALECTS)[number];
  readonly target: (typeof DIALECTS)[number];
  readonly behaviour: Behaviour;
  readonly how: string;
}

const KINDS: readonly (readonly [string, (place: Place) => Behaviour])[] = [
  ['a reset', cutByReset],
  ['a close', cutByClose],
  ['a clean end', cutCleanly],
  ['a stall', stall],
];

function drawn(): readonly Cut[] {
  const random = seeded(SEED);
  const below = (count: number): number => Math.floor(random() * count);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  return Array.from({ length: CUTS }, (_, number) => {
    const [how, cut] = pick(KINDS);
    const place = random() < 0.5 ? { event: 1 + below(EVENTS_BEFORE_END) } : { byte: 1 + below(BYTES_BEFORE_END) };
    const behaviour = behave(words(WORDS), cut(place));
    return {
      number,
      caller: pick(DIALECTS),
      target: pick(DIALECTS),
      behaviour,
      how: `${how} at ${JSON.stringify(place)}`,
    };
  });
}

const cuts = drawn();
let world: World;
let socketsBefore: number;
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });

beforeAll(async () => {
  world = await startWorld({
    script: (_, asked) => cuts[Number(asked.model)]?.behaviour ?? {},
    upstream: { headersTimeoutMs: 5000, firstOutputTimeoutMs: 250, idleTimeoutMs: 250, totalTimeoutMs: 20_000 },
  });
  await world.ask({ dialect: DIALECTS[0] as Cut['caller'], model: 'o/none', stream: true });
  socketsBefore = socketsOf(world.gateway) - world.provider.connections;
});
afterAll(async () => {
  agent.destroy();
  expect(await world.close(), 'secrets where none may be').toEqual([]);
});

/** What is wrong with how a cut stream was told; undefined when nothing is. */
function wrongIn(heard: Heard): string | undefined {
  if (heard.looksFinished) return 'it looks finished';
  if (heard.error === undefined) return 'no error is said, in the dialect, at the end';
  if (heard.broken) return 'HTTP broke off';
  if (heard.status !== 200 && heard.status !== 502 && heard.status !== 504) return `status ${heard.status}`;
  return undefined;
}

test(`none of ${CUTS} streams that were cut anywhere looks finished`, { timeout: 120_000 }, async () => {
  const wrong: string[] = [];
  let begun = 0;
  await pooled(cuts, AT_ONCE, async ({ number, caller, target, how }) => {
    const heard = await world.ask({ dialect: caller, model: `${target.prefix}${number}`, stream: true, agent });
    const fault = wrongIn(heard);
    if (heard.status === 200) begun += 1;
    if (fault) wrong.push(`${number}: ${caller.id} asks ${target.id}, ${how}: ${fault}\n${heard.body.slice(-300)}`);
  });
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(wrong).toHaveLength(0);
  expect(begun, 'most were cut after their first word').toBeGreaterThan(CUTS / 2);
});

test('each has one record, which says that it failed', async () => {
  const turns = await world.records(CUTS + 1);
  expect(turns).toHaveLength(CUTS + 1);
  expect(turns.filter(({ model, end }) => end !== 'failed' && model !== 'o/none')).toEqual([]);
  expect(new Set(turns.map(({ requestId }) => requestId)).size).toBe(CUTS + 1);
});

test('the process lives, and nothing leaks', async () => {
  const { gateway, provider } = world;
  agent.destroy();
  expect(isAlive(gateway)).toBe(true);
  expect(printed(gateway)).not.toMatch(/"msg":"bug"/);
  expect(await world.metric('synthlang_requests_in_flight')).toBe(0);
  await until('every question has ended at the provider', () => provider.requests.every(({ ending }) => ending));
  // What is still open are connections that wait for the next question.
  await until('no socket is left but those', () => socketsOf(gateway) - provider.connections <= socketsBefore);
  expect(turnLines(gateway)).toHaveLength(CUTS + 1);
});

test('the gateway answers as ever', async () => {
  for (const dialect of DIALECTS) {
    const heard = await world.ask({ dialect, model: `${dialect.prefix}none`, stream: true });
    expect(heard.looksFinished).toBe(true);
  }
});

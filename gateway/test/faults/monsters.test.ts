import { afterAll, beforeAll, expect, test } from 'vitest';
import { body, contentType, header } from '../scripted-provider/acts.ts';
import { behave, type Behaviour } from '../scripted-provider/behaviour.ts';
import { byModel } from '../scripted-provider/script.ts';
import { DIALECTS, openai } from './dialect-view.ts';
import { isAlive, residentBytes } from './observed.ts';
import { until } from './until.ts';
import { startWorld, type World } from './world.ts';

const MEBIBYTE = 1024 * 1024;
const MONSTER = 64 * MEBIBYTE;
/** How long somebody else may wait meanwhile. */
const OTHERS_WAIT_MS = 1000;

const chunk = (delta: object, reason: string | null = null): string =>
  JSON.stringify({
    id: 'x',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta, finish_reason: reason }],
  });
const reply = (content: string): string =>
  JSON.stringify({
    id: 'x',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
  });
const EVENT_STREAM = contentType('text/event-stream');
const noise = Buffer.alloc(MONSTER, 0x61);
const said = Buffer.from(`data: ${chunk({ role: 'assistant', content: 'word1' })}\n\n`);

interface Monster {
  readonly name: string;
  readonly behaviour: Behaviour;
  readonly stream: boolean;
  readonly status: number;
}

const MONSTERS: readonly Monster[] = [
  {
    name: 'a reply of 64 MB',
    behaviour: body(Buffer.from(reply(noise.toString('latin1')))),
    stream: false,
    status: 502,
  },
  {
    name: 'a stream whose first event has 64 MB',
    behaviour: behave(body(Buffer.concat([Buffer.from('data: '), noise])), EVENT_STREAM),
    stream: true,
    status: 502,
  },
  {
    name: 'a stream whose second event has 64 MB',
    behaviour: behave(body(Buffer.concat([said, Buffer.from('data: '), noise])), EVENT_STREAM),
    stream: true,
    status: 200,
  },
  {
    name: 'a stream of 64 MB of comments',
    behaviour: behave(
      body(
        Buffer.concat(
          Array.from({ length: 64 }, () =>
            Buffer.concat([Buffer.from(': '), noise.subarray(0, MEBIBYTE), Buffer.from('\n\n')]),
          ),
        ),
      ),
      EVENT_STREAM,
    ),
    stream: true,
    status: 200,
  },
  { name: 'an error of 64 MB', behaviour: { ...body(noise), status: 500 }, stream: true, status: 500 },
  {
    name: 'a reply of 16 MB of brackets',
    behaviour: body(`${'['.repeat(8 * MEBIBYTE)}${']'.repeat(8 * MEBIBYTE)}`),
    stream: false,
    status: 502,
  },
  { name: 'headers of 100 KB', behaviour: header('x-long', 'a'.repeat(100_000)), stream: false, status: 502 },
];

let world: World;
beforeAll(async () => {
  world = await startWorld({
    script: byModel(Object.fromEntries(MONSTERS.map(({ name, behaviour }) => [name, behaviour]))),
    upstream: { headersTimeoutMs: 20_000, firstOutputTimeoutMs: 20_000, idleTimeoutMs: 20_000, totalTimeoutMs: 60_000 },
  });
  for (const stream of [true, false]) await world.ask({ dialect: openai, model: 'o/good', stream });
});
afterAll(async () => {
  expect(isAlive(world.gateway)).toBe(true);
  expect(await world.close(), 'secrets where none may be').toEqual([]);
});

test.each(MONSTERS.flatMap((monster) => DIALECTS.map((dialect) => ({ ...monster, dialect, id: dialect.id }))))(
  '$name is stopped at the limit, and nobody else waits for it (asked by $id)',
  async ({ name, stream, status, dialect }) => {
    const before = residentBytes(world.gateway);
    let isOver = false;
    const watched = everybodyElse(() => isOver);
    const heard = await world.ask({ dialect, model: `o/${name}`, stream });
    isOver = true;
    expect(heard.status, heard.body.slice(0, 300)).toBe(status);
    expect(heard.error, heard.body.slice(-300)).toBeDefined();
    expect(heard.looksFinished).toBe(false);
    expect(await watched).toBeLessThan(OTHERS_WAIT_MS);
    expect(residentBytes(world.gateway) - before).toBeLessThan(4 * MONSTER);
    await until('the provider was let go', () => world.provider.requests.every(({ ending }) => ending !== undefined));
  },
);

/** Keeps asking short questions, and gives the longest wait for an answer. */
async function everybodyElse(isOver: () => boolean): Promise<number> {
  let longestMs = 0;
  do {
    const heard = await world.ask({ dialect: openai, model: 'o/good', stream: true });
    expect(heard.looksFinished).toBe(true);
    longestMs = Math.max(longestMs, heard.ms);
  } while (!isOver());
  return longestMs;
}

import { afterAll, beforeAll, expect, test } from 'vitest';
import { say, stall, status } from '../scripted-provider/acts.ts';
import { byModel } from '../scripted-provider/script.ts';
import { until } from '../faults/until.ts';
import { openScene, type Scene } from './scene.ts';

const NARROW = 'sk-CANARY-narrow-0123456789';
let scene: Scene;

beforeAll(async () => {
  scene = await openScene({
    config: ({ openai, anthropic }) => ({
      models: [
        model('one', 'openai/first', openai),
        model('two', 'anthropic/second', anthropic),
        model('bad', 'openai/breaks', openai),
        model('slow', 'openai/slow', openai),
        model('a,b', 'openai/first', openai),
        model('wild/*', 'openai/*', openai),
      ],
      routing: { fanOutMax: 3, retriesMax: 0 },
      access: { apiKeys: [{ id: 'narrow', key: NARROW, models: ['one'] }] },
    }),
  });
  scene.openai.perform(byModel({ first: say('I am one.'), breaks: status(400), slow: stall('headers') }));
  scene.anthropic.perform(say('I am two.'));
});
afterAll(() => scene.close());

function model(name: string, target: string, apiBase: string) {
  return { name, target, key: 'sk-upstream-0123456789', apiBase };
}

const question = (name: string, more: object = {}) => ({
  model: name,
  messages: [{ role: 'user', content: 'Who are you?' }],
  ...more,
});
const CHAT = '/v1/chat/completions';

interface One {
  readonly model?: string;
  readonly choices?: readonly { readonly message: { readonly content: string } }[];
  readonly error?: { readonly message: string; readonly code: string };
}
const listOf = (json: unknown): readonly One[] => json as One[];

test('each model answers, in the order they were named, whoever its provider is', async () => {
  const { status: code, json } = await scene.ask(CHAT, question('two, one'));
  expect(code).toBe(200);
  expect(listOf(json).map(({ model: name, choices }) => [name, choices?.[0]?.message.content])).toEqual([
    ['two', 'I am two.'],
    ['one', 'I am one.'],
  ]);
});

test('one that fails is an error in the list; only when all fail does the request', async () => {
  const { status: code, json } = await scene.ask(CHAT, question('bad,one'));
  const [bad, one] = listOf(json);
  expect([code, bad?.error?.message.includes('400'), one?.choices?.length]).toEqual([200, true, 1]);
  const all = await scene.ask(CHAT, question('bad,bad'));
  expect([all.status, listOf(all.json).length]).toEqual([400, 2]);
});

test('a key may ask none but its own models', async () => {
  const { json } = await scene.ask(CHAT, question('one,two'), { headers: { authorization: `Bearer ${NARROW}` } });
  expect(listOf(json).map(({ error }) => error?.message)).toEqual([undefined, expect.stringContaining('"two"')]);
});

test('each has a record of its own', async () => {
  const { headers } = await scene.ask(CHAT, question('one,two'));
  const id = headers.get('x-request-id') ?? '';
  const rows = await until('both are written down', async () => {
    const { json } = await scene.get('/spend/logs');
    const own = (json as { request_id: string; model: string }[]).filter((row) => row.request_id.startsWith(id));
    return own.length === 2 && own;
  });
  expect(rows.map((row) => `${row.request_id} ${row.model}`).toSorted()).toEqual([`${id}-1 one`, `${id}-2 two`]);
});

test('too many, none between two commas, and streams are refused', async () => {
  for (const [body, why] of [
    [question('one,two,one,two'), 'routing.fanOutMax'],
    [question('one,,two'), 'between two commas'],
    [question('one,two', { stream: true }), 'stream'],
  ] as const) {
    const { status: code, json } = await scene.ask(CHAT, body);
    expect([code, (json as One).error?.message.includes(why)]).toEqual([400, true]);
  }
});

test('a name with a comma of its own is that model', async () => {
  for (const name of ['a,b', 'wild/first, or nobody']) {
    const { json } = await scene.ask(CHAT, question(name));
    expect((json as One).choices?.[0]?.message.content).toBeDefined();
  }
  expect(scene.openai.requests.at(-1)?.model).toBe('first, or nobody');
});

test('a caller who goes away ends all of them', async () => {
  const before = scene.openai.requests.length;
  const leaving = new AbortController();
  const gone = scene.ask(CHAT, question('slow,slow'), { signal: leaving.signal }).catch(() => 'gone');
  const asked = await Promise.all([scene.openai.arrived(before + 1), scene.openai.arrived(before + 2)]);
  leaving.abort();
  expect(await gone).toBe('gone');
  expect(await Promise.all(asked.map(({ ended }) => ended))).toEqual(['aborted', 'aborted']);
});

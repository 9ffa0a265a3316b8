import { describe, expect, test } from 'vitest';
import { keyring } from '../access/keyring.ts';
import { GROUND, KEY, served } from '../../test/served.ts';
import { PatternBook } from '../keyword/pattern-book.ts';
import { NO_CHANGES } from '../keyword/pattern-store.ts';

const BODY = { name: 'greeting', pattern: 'hello (?P<expression>.+)', tool: 'calculator', description: 'Greets.' };
const admin = keyring([{ key: KEY, caller: { keyId: 'a', role: 'admin' } }]);

async function office() {
  const { get, post } = await served({ engine: { keyring: admin } });
  const send = async (method: string, path: string, body?: unknown) => {
    const answer = await (method === 'GET' || method === 'DELETE'
      ? get(`/v1/keywords${path}`, { method })
      : post(`/v1/keywords${path}`, body, { method }));
    return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
  };
  const names = async () =>
    ((await send('GET', '/patterns')).json['patterns'] as { name: string }[]).map(({ name }) => name);
  return { send, names };
}

test('patterns are listed with the settings', async () => {
  const { json } = await (await office()).send('GET', '/patterns');
  expect(json).toMatchObject({
    count: 4,
    settings: { enable_detection: true, detection_threshold: 0.7 },
    timestamp: 1,
  });
  expect((json['patterns'] as unknown[])[0]).toEqual({
    name: 'weather_query',
    pattern: expect.stringContaining('(?P<location>'),
    tool: 'weather',
    description: expect.any(String),
    required_role: 'basic',
    priority: 100,
    enabled: true,
  });
});

test('a pattern is made, changed and taken away', async () => {
  const { send, names } = await office();
  expect(await send('POST', '/patterns', { ...BODY, priority: 85 })).toEqual({
    status: 200,
    json: {
      success: true,
      name: 'greeting',
      pattern: { ...BODY, priority: 85, required_role: 'basic', enabled: true },
      timestamp: 1,
    },
  });
  expect(await names()).toContain('greeting');
  const change = { description: 'Says hello.', priority: 90, enabled: false };
  expect(await send('PUT', '/patterns/greeting', change)).toMatchObject({
    status: 200,
    json: { pattern: { ...BODY, ...change }, updated_fields: ['description', 'priority', 'enabled'] },
  });
  expect(await send('DELETE', '/patterns/greeting')).toMatchObject({ status: 200, json: { success: true } });
  expect(await names()).not.toContain('greeting');
});

test('settings are shown and changed', async () => {
  const { send } = await office();
  expect(await send('PUT', '/settings', { enable_detection: false, detection_threshold: 0.4 })).toMatchObject({
    status: 200,
    json: { updated_fields: ['enable_detection', 'detection_threshold'] },
  });
  expect((await send('GET', '/settings')).json).toMatchObject({
    settings: { enable_detection: false, detection_threshold: 0.4, default_role: 'basic' },
  });
});

test('the role of new patterns is a setting', async () => {
  const { send } = await office();
  await send('PUT', '/settings', { default_role: 'premium' });
  expect((await send('POST', '/patterns', BODY)).json).toMatchObject({ pattern: { required_role: 'premium' } });
});

test('a pattern for a tool that isn’t there is made with a warning', async () => {
  const { json } = await (await office()).send('POST', '/patterns', { ...BODY, tool: 'later' });
  expect(json['warnings']).toEqual([expect.stringContaining('no tool "later"')]);
});

test.each([
  ['POST', '/patterns', { ...BODY, pattern: '(' }, 400, 'request.invalid', 'pattern'],
  ['POST', '/patterns', { ...BODY, pattern: '(?=a)b' }, 400, 'request.invalid', 'pattern'],
  ['POST', '/patterns', { ...BODY, pattern: '(\\w{500}){2}' }, 400, 'request.invalid', 'pattern'],
  ['POST', '/patterns', { ...BODY, priority: 101 }, 400, 'request.invalid', 'priority'],
  ['POST', '/patterns', { ...BODY, name: 'weather_query' }, 409, 'pattern.exists', null],
  ['PUT', '/patterns/weather_query', { pattern: '*' }, 400, 'request.invalid', 'pattern'],
  ['PUT', '/patterns/weather_query', { name: 'other' }, 400, 'request.invalid', 'name'],
  ['PUT', '/patterns/nope', { priority: 1 }, 404, 'pattern.unknown', null],
  ['DELETE', '/patterns/nope', undefined, 404, 'pattern.unknown', null],
  ['DELETE', '/patterns/__proto__', undefined, 404, 'pattern.unknown', null],
  ['PUT', '/settings', { detection_threshold: 2 }, 400, 'request.invalid', 'detection_threshold'],
  ['PATCH', '/settings', {}, 405, 'route.method', null],
])('%s %s %o is refused with %i', async (...[method, path, body, status, code, param]) => {
  const { send, names } = await office();
  const before = await names();
  expect(await send(method, path, body)).toMatchObject({ status, json: { error: { code, param } } });
  expect(await names()).toEqual(before);
});

describe('only admins', () => {
  test.each([
    ['GET', '/patterns'],
    ['POST', '/patterns'],
    ['PUT', '/patterns/x'],
    ['DELETE', '/patterns/x'],
    ['GET', '/settings'],
    ['PUT', '/settings'],
  ])('%s %s', async (method, path) => {
    const keys = keyring([{ key: KEY, caller: { keyId: 'p', role: 'premium' } }]);
    const { get } = await served({ engine: { keyring: keys } });
    expect((await get(`/v1/keywords${path}`, { method })).status).toBe(403);
    expect((await get(`/v1/keywords${path}`, { method, headers: { authorization: '' } })).status).toBe(401);
  });
});

test('a change that can’t be kept is not made, and is our fault', async () => {
  const write = () => Promise.reject(new Error('disk full'));
  const keywords = new PatternBook(GROUND, NO_CHANGES, { write }, () => 0);
  const { post, get, bugs } = await served({ engine: { keyring: admin, keywords } });
  expect((await post('/v1/keywords/settings', { enable_detection: false }, { method: 'PUT' })).status).toBe(500);
  expect(bugs).toHaveLength(1);
  expect(await (await get('/v1/keywords/settings')).json()).toMatchObject({ settings: { enable_detection: true } });
});

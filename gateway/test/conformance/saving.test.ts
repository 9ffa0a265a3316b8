import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seeded } from '../../src/benching/corpus/seeded.ts';
import { TOOL_KINDS, toolJson } from '../../src/benching/corpus/tool-json.ts';
import type { ScriptedRequest } from '../scripted-provider/scripted-request.ts';
import { type Answer, during, openScene, type Scene } from './scene.ts';

const RESULT = toolJson(TOOL_KINDS['issues'] ?? [() => [], 0], seeded(5), 40);
const SAID = JSON.stringify(RESULT);
const CHAT = `{ "model":"gpt-4o", "temperature": 1.0, "messages" : [ {"role":"system","content":${SAID}},
  {"role":"user","content":"Which are open?"},
  {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"list","arguments":"{\\"n\\": 1.0}"}}]},
  {"role":"tool","tool_call_id":"c1","content":${SAID}} ] }`;
const MESSAGES = `{"model":"claude-3-haiku","max_tokens": 10,"messages":[{"role":"user","content":"Which?"},
  {"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"list","input":{"n":1.0}}]},
  {"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":${SAID}}]}]}`;

interface Sent {
  readonly answer: Answer;
  readonly seen: ScriptedRequest;
}

async function sent(scene: Scene, headers: Readonly<Record<string, string>> = {}, body: unknown = CHAT): Promise<Sent> {
  const { result, requests } = await during(scene.openai, () => scene.ask('/v1/chat/completions', body, { headers }));
  expect(result.status).toBe(200);
  return { answer: result, seen: requests[0] as ScriptedRequest };
}

/** The bytes before and behind the last place where the tool's result stood. */
function around(body: string): readonly [string, string] {
  const at = body.lastIndexOf(SAID);
  return [body.slice(0, at), body.slice(at + SAID.length)];
}

function checkOnlyResultChanged(seen: string, body: string): void {
  const [before, behind] = around(body);
  expect(seen.startsWith(before)).toBe(true);
  expect(seen.endsWith(behind)).toBe(true);
  expect(seen.slice(before.length, seen.length - behind.length)).toMatch(/^"\[JSON, its lists of objects as tables/);
}

describe('where tokens are saved', () => {
  let scene: Scene;
  beforeAll(async () => void (scene = await openScene({ env: { USE_SYNTHLANG: '1' } })));
  afterAll(() => scene.close());

  test('a tool’s result goes out as a table, and every other byte as it came', async () => {
    const { answer, seen } = await sent(scene);
    checkOnlyResultChanged(seen.body.toString(), CHAT);
    expect(Number(answer.headers.get('x-synthlang-tokens-saved'))).toBeGreaterThan(1_000);
    expect(answer.headers.get('x-synthlang-tokens')).toMatch(/^before=\d+ after=\d+ saved=\d+ tokenizer=o200k exact$/);
  });

  test('the same holds for Anthropic, where the count is an estimate', async () => {
    const { result, requests } = await during(scene.anthropic, () => scene.ask('/v1/messages', MESSAGES));
    checkOnlyResultChanged(requests[0]?.body.toString() ?? '', MESSAGES);
    expect(result.headers.get('x-synthlang-tokens')).toMatch(/tokenizer=claude estimated$/);
  });

  test('the record says what was saved in which block', async () => {
    await sent(scene);
    const line = await scene.gateway.logged((text) => text.includes('"saving":{'));
    expect(line).toMatch(/tool result 1 \(list\): json-table \d+>\d+/);
  });

  test.each([{ 'x-synthlang-compress': 'off' }, { 'x-use-synthlang': '0' }])(
    '%j leaves a request alone',
    async (headers) => {
      const { answer, seen } = await sent(scene, headers);
      expect(seen.body.toString()).toBe(CHAT);
      expect(answer.headers.get('x-synthlang-tokens-saved')).toBeNull();
    },
  );

  test('a field says so as well, and never reaches the provider', async () => {
    const { seen } = await sent(scene, {}, CHAT.replace('"temperature": 1.0,', '"use_synthlang": false,'));
    expect(seen.body.toString()).toBe(CHAT.replace('"temperature": 1.0, ', ''));
  });

  test('so it does where it asks for more, and the rest of the bytes stays', async () => {
    const wished = CHAT.replace('"temperature": 1.0,', '"use_synthlang": true, "temperature": 1.0,');
    const { seen } = await sent(scene, {}, wished);
    checkOnlyResultChanged(seen.body.toString(), CHAT);
  });

  test('what goes out twice goes out the same', async () => {
    const first = await sent(scene);
    const second = await sent(scene);
    expect(second.seen.body.equals(first.seen.body)).toBe(true);
  });
});

describe('where they are not', () => {
  let scene: Scene;
  beforeAll(async () => void (scene = await openScene({ env: { SYNTHLANG__SAVING__MODE: 'audit' } })));
  afterAll(() => scene.close());

  test('audit counts and changes nothing', async () => {
    const { answer, seen } = await sent(scene);
    expect(seen.body.toString()).toBe(CHAT);
    expect(answer.headers.get('x-synthlang-tokens-saved')).toBeNull();
    expect(await scene.gateway.logged((text) => text.includes('"mode":"audit"'))).toContain('tokensSaved');
  });

  test('a caller may want it for one request', async () => {
    const { seen } = await sent(scene, { 'x-use-synthlang': '1', 'x-synthlang-compression-level': 'low' });
    const [before] = around(CHAT);
    expect(seen.body.toString().slice(before.length)).toMatch(/^"\[\{\\"number\\":4000,/);
  });

  test('a level that isn’t one is an error', async () => {
    const answer = await scene.ask('/v1/chat/completions', CHAT, {
      headers: { 'x-synthlang-compression-level': 'max' },
    });
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('synthlang_compression_level')]);
  });
});

describe('single texts', () => {
  let scene: Scene;
  beforeAll(async () => void (scene = await openScene()));
  afterAll(() => scene.close());
  const compress = (body: unknown, how?: Parameters<Scene['ask']>[2]) => scene.ask('/v1/synthlang/compress', body, how);

  test('are compressed, counted and restored', async () => {
    const compressed = await compress({ text: RESULT, compression_level: 'medium' });
    expect(compressed.json).toMatchObject({
      original: RESULT,
      codec: 'json-table',
      lossless: true,
      tokenizer: 'o200k',
      exact: true,
      version: '1.0',
    });
    const {
      compressed: text,
      original_tokens: before,
      compressed_tokens: after,
    } = compressed.json as Record<string, unknown>;
    expect(Number(after)).toBeLessThan(Number(before) * 0.7);
    const restored = await scene.ask('/v1/synthlang/decompress', { text });
    expect(restored.json).toMatchObject({
      decompressed: JSON.stringify(JSON.parse(RESULT)),
      compressed_tokens: after,
    });
  });

  test('the original’s ways are there by name, with their real price', async () => {
    const text = 'The implementation of the database returns information about every request.';
    const { json } = await compress({ text, codec: 'legacy-medium' });
    expect(json).toMatchObject({ codec: 'legacy-medium', lossless: false });
    expect((json as { reduction_percentage: number }).reduction_percentage).toBeLessThan(0);
    expect((await compress({ text, use_gzip: true })).json).toMatchObject({
      compressed: expect.stringMatching(/^gz:/),
    });
  });

  test.each([
    [{}, 'text'],
    [{ text: 5 }, 'text'],
    [{ text: 'x', compression_level: 'extreme' }, 'compression_level'],
    [{ text: 'x', codec: 'zip' }, 'codec'],
    [{ text: 'x', model: 7 }, 'model'],
  ])('%j is an error that names the field', async (body, param) => {
    const { status, json } = await compress(body);
    expect([status, json]).toMatchObject([400, { error: { param } }]);
  });

  test('take a key like everything else', async () => {
    expect((await compress({ text: 'x' }, { headers: { authorization: null } })).status).toBe(401);
  });
});

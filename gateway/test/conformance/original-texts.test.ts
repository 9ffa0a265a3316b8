import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inTurn } from '../scripted-provider/script.ts';
import { status } from '../scripted-provider/acts.ts';
import { CHAT, KEYS, openOriginalScene, type OriginalScene, saying, textIn } from './original-scene.ts';
import { during } from './scene.ts';

let scene: OriginalScene;
beforeAll(async () => {
  scene = await openOriginalScene(
    {
      records: { bodies: true },
      routing: { fallbacks: { 'gpt-4o-mini': ['gpt-3.5-turbo'] }, retriesMax: 1, backoffMinMs: 0, backoffMaxMs: 0 },
    },
    { ENCRYPTION_KEY: '0f1e2d3c4b5a69788796a5b4c3d2e1f0', LITELLM_MAX_RETRIES: '' },
  );
});
afterAll(() => scene.close());

/** What the provider was told when this was asked. */
async function told(body: unknown, headers: Record<string, string> = {}): Promise<string> {
  const { requests } = await during(scene.openai, () => scene.post(CHAT, body, { headers }));
  return requests.map((request) => request.body.toString()).join('');
}

describe('28–29: private data', () => {
  const PRIVATE = {
    email: 'jane.doe@example.com',
    phone: '(555) 123-4567',
    ssn: '444-55-6666',
    card: '6011000990139424',
    address: '123 Main Street',
    ip: '198.51.100.7',
    passport: 'AB1234567',
    date: '01/02/1980',
  };
  const text =
    `Mail ${PRIVATE.email}, call ${PRIVATE.phone}, SSN ${PRIVATE.ssn}, card ${PRIVATE.card}, lives at ` +
    `${PRIVATE.address}, from ${PRIVATE.ip}, passport number ${PRIVATE.passport}, born on ${PRIVATE.date}.`;

  test('28: X-Mask-PII-Before-LLM decides what the model sees; the caller sees its own values again', async () => {
    const masked = await told(saying(text), { 'x-mask-pii-before-llm': '1' });
    for (const value of Object.values(PRIVATE)) expect(masked).not.toContain(value);
    for (const word of ['EMAIL', 'PHONE', 'SSN', 'CARD', 'ADDRESS', 'IP', 'PASSPORT', 'BIRTH_DATE'])
      expect(masked).toContain(`<${word}_1>`);
    const open = await told(saying(text), { 'x-mask-pii-before-llm': '0' });
    for (const value of Object.values(PRIVATE)) expect(open).toContain(value);
  });

  test('28: no value is in the log with X-Mask-PII-In-Logs', async () => {
    const { headers } = await scene.post(CHAT, saying(text, { tags: [`about ${PRIVATE.email}`] }), {
      headers: { 'x-mask-pii-in-logs': '1' },
    });
    const id = headers.get('x-request-id') ?? 'none';
    expect(await scene.gateway.logged((line) => line.includes(id))).toContain('about <EMAIL>');
    const log = [...scene.gateway.stdout, ...scene.gateway.stderr].join('\n');
    for (const value of Object.values(PRIVATE)) expect(log).not.toContain(value);
  });

  test('29: two addresses and two numbers are four placeholders; a number that is none stays, and a clean text too', async () => {
    const masked = async (words: string) =>
      (await scene.post('/v1/tools/call', { tool: 'pii_mask', parameters: { text: words } })).json;
    expect(await masked('a@example.com, b@example.com, phone 212 555 0123, 555-123-4567')).toMatchObject({
      result: { masked: '<EMAIL>, <EMAIL>, phone <PHONE>, <PHONE>', counts: { email: 2, phone: 2 } },
    });
    for (const clean of ['Created at 1700000000.', 'Version 10.4.2.1 is out.', '3 reasons to do it this way'])
      expect(await masked(clean)).toMatchObject({ result: { masked: clean, total: 0 } });
  });
});

describe('30: compression of texts', () => {
  const compressed = async (fields: object) =>
    (await scene.post('/v1/synthlang/compress', fields)).json as Record<string, unknown>;
  const restored = async (fields: object) =>
    ((await scene.post('/v1/synthlang/decompress', fields)).json as { decompressed: string }).decompressed;

  test('the original’s basic strategy makes one space of many, where it is asked for by name', async () => {
    const { compressed: text, lossless } = await compressed({
      text: 'This   is  a   test\n with    spaces.',
      codec: 'legacy-basic',
    });
    expect([text, lossless]).toEqual(['This is a test with spaces.', false]);
  });

  test('gzip begins with gz:, is shorter where a text repeats itself, and comes back exactly', async () => {
    const text = 'This is a sentence that is repeated several times. '.repeat(10);
    const { compressed: packed } = await compressed({ text, use_gzip: true });
    expect(packed).toMatch(/^gz:/);
    expect(String(packed).length).toBeLessThan(text.length);
    expect(await restored({ text: packed })).toBe(text);
  });

  test('what nobody compressed stays as it is', async () => {
    expect(await restored({ text: 'This is no gzip.' })).toBe('This is no gzip.');
  });

  test('abbreviations are the original’s, where they are asked for by name', async () => {
    const { compressed: text } = await compressed({
      text: 'information about the function implementation',
      codec: 'legacy-abbreviation',
    });
    expect(text).toBe('info about t fn impl');
  });

  test('switched off, nothing is compressed on its way to a model', async () => {
    const body = saying('This   is  a   test of the implementation.', { use_synthlang: false });
    expect(JSON.parse(await told(body))).toMatchObject({ messages: body['messages'] });
  });
});

describe('31: the plan’s additions', () => {
  const LENIENT = '/chat/completions';
  const lenient = async (path: string, body: unknown, type: string | null) => {
    const { result, requests } = await during(scene.openai, () =>
      scene.post(path, body, { headers: { 'content-type': type } }),
    );
    return { answer: result, sent: requests[0]?.json };
  };

  test('JSON is taken without the version in the path', async () => {
    expect((await lenient(LENIENT, saying('Hello'), 'application/json')).answer.status).toBe(200);
  });

  test('a text is one message, and the query names the model', async () => {
    const { answer, sent } = await lenient(`${LENIENT}?model=gpt-4o`, 'Hello', 'text/plain');
    expect([answer.status, textIn(answer)]).toEqual([200, 'Hello you']);
    expect(sent).toMatchObject({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }] });
  });

  test('content that is an object is sent as its JSON text', async () => {
    const content = { question: { of: ['deep', 'things'] } };
    const { answer, sent } = await lenient(LENIENT, saying(content), 'application/json');
    expect(answer.status).toBe(200);
    expect(sent).toMatchObject({ messages: [{ role: 'user', content: JSON.stringify(content) }] });
  });

  test('malformed JSON is taken as a text, and that is said', async () => {
    const { answer, sent } = await lenient(LENIENT, '{"messages": [', 'application/json');
    expect([answer.status, sent?.['messages']]).toEqual([200, [{ role: 'user', content: '{"messages": [' }]]);
    expect(answer.headers.get('x-synthlang-warning')).toContain('malformed JSON');
  });

  test('without a key it is a 401', async () => {
    expect((await scene.post(LENIENT, 'Hello', { headers: { authorization: null } })).status).toBe(401);
  });

  test('names of the map reach their providers', async () => {
    expect(JSON.parse(await told({ ...saying('Hello'), model: 'gpt-4' }))).toMatchObject({ model: 'gpt-4-turbo' });
    const { requests } = await during(scene.anthropic, () =>
      scene.post(CHAT, { ...saying('Hello'), model: 'claude-3-opus' }),
    );
    expect(requests[0]?.model).toMatch(/^claude-3-opus/);
  });

  test('a failure is tried again, and then the fallback is asked', async () => {
    scene.openai.perform(inTurn(status(500), status(500), { text: 'Hello you' }));
    const { result, requests } = await during(scene.openai, () => scene.post(CHAT, saying('Hello')));
    scene.openai.perform({ text: 'Hello you' });
    expect(requests.map(({ model }) => model)).toEqual(['gpt-4o-mini', 'gpt-4o-mini', 'gpt-3.5-turbo']);
    expect([result.status, result.headers.get('x-synthlang-fallbacks')]).toEqual([200, '1']);
  });
});

describe('32: what is kept', () => {
  test('what was said is kept encrypted, and an admin reads it', async () => {
    const messages = [
      { role: 'system', content: 'KEPT-one' },
      { role: 'user', content: 'KEPT-two' },
    ];
    const { headers } = await scene.post(CHAT, { model: 'gpt-4o-mini', messages });
    const path = `/admin/bodies?request_id=${headers.get('x-request-id')}`;
    expect((await scene.look(path, { key: KEYS.admin })).json).toMatchObject({
      body: { request: { messages: [{ content: [{ text: 'KEPT-one' }] }, { content: [{ text: 'KEPT-two' }] }] } },
    });
    const files = readdirSync(join(scene.gateway.folder, 'data'), { recursive: true, withFileTypes: true });
    const bytes = files
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
    expect(bytes.join('\n')).not.toContain('KEPT-');
  });
});

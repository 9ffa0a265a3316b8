import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parsed, at, DIALECTS, type DialectView } from './dialect-view.ts';
import { NO_JSON, PERHAPS_JSON } from './json-cases.ts';
import { isAlive } from './observed.ts';
import { CALLER_KEY, PROMPT_CANARY, startWorld, type World } from './world.ts';

/** What saying no to a monster may take, and how long others may wait for it. */
const REFUSED_WITHIN_MS = 50;
const OTHERS_WITHIN_MS = 250;
/** What sending and reading the body itself takes. */
const BYTES_PER_MS = 50_000;

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  expect(isAlive(world.gateway)).toBe(true);
  expect(await world.close(), 'secrets where none may be').toEqual([]);
});

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly ms: number;
}

function post({ path, headers }: DialectView, body: Buffer | string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const bytes = Buffer.from(body);
    const own = { 'content-type': 'application/json', 'content-length': bytes.length, ...headers(CALLER_KEY) };
    const startedMs = performance.now();
    const request = httpRequest(
      `${world.gateway.url}${path}`,
      { method: 'POST', agent: false, headers: own },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
        response.on('end', () => {
          world.keep(text);
          resolve({ status: response.statusCode ?? 0, body: text, ms: performance.now() - startedMs });
        });
      },
    );
    request.on('error', reject);
    request.end(bytes);
  });
}

/** A good request with one more field, whose value is written as it stands here. */
function withField(dialect: DialectView, value: string, model = `${dialect.prefix}ok`): string {
  return `${JSON.stringify(dialect.body(model, false, PROMPT_CANARY)).slice(0, -1)},"metadata_x":${value}}`;
}

describe.each(DIALECTS)('$path', (dialect) => {
  const other = DIALECTS.find(({ id }) => id !== dialect.id) ?? dialect;

  test.each(NO_JSON)('%s is refused as a body and as a value', async (_, text) => {
    const { length: before } = world.provider.requests;
    for (const body of [text, withField(dialect, text)]) {
      const answer = await post(dialect, body);
      expect(answer.status, answer.body).toBe(400);
      expect(dialect.errorOfBody(parsed(answer.body))).toBeDefined();
    }
    expect(world.provider.requests).toHaveLength(before);
  });

  test.each(PERHAPS_JSON)('%s is never a failure of ours', async (_, text) => {
    for (const body of [text, withField(dialect, text), withField(dialect, text, `${other.prefix}ok`)]) {
      const answer = await post(dialect, body);
      expect([200, 400], answer.body).toContain(answer.status);
    }
  });

  test.each([
    ['nothing', ''],
    ['blanks', '   \n'],
    ['a list', '[]'],
    ['a text', '"hello"'],
    ['null', 'null'],
    ['an empty object', '{}'],
    ['a byte order mark', `\ufeff${JSON.stringify(dialect.body('o/ok', false, 'Hi'))}`],
  ])('%s is no request', async (_, body) => {
    expect((await post(dialect, body)).status).toBe(400);
  });

  test.each([
    ['a stray byte', Buffer.from([0xff])],
    ['an overlong slash', Buffer.from([0xc0, 0xaf])],
    ['half a character', Buffer.from([0xe2, 0x82])],
    ['a surrogate', Buffer.from([0xed, 0xa0, 0x80])],
    ['a character beyond the last', Buffer.from([0xf4, 0x90, 0x80, 0x80])],
  ])('%s in UTF-8 is refused', async (_, bytes) => {
    const [front = '', back = ''] = JSON.stringify(dialect.body(`${dialect.prefix}ok`, false, '|')).split('|');
    const answer = await post(dialect, Buffer.concat([Buffer.from(front), bytes, Buffer.from(back)]));
    expect(answer.status, answer.body).toBe(400);
  });

  test.each([
    ['100,000 open brackets', '['.repeat(100_000)],
    ['100,000 open objects', '{"a":'.repeat(100_000)],
    ['five million open brackets', '['.repeat(5_000_000)],
    ['five million brackets, opened and closed', `${'['.repeat(2_500_000)}${']'.repeat(2_500_000)}`],
    ['five million brackets in a field', withField(dialect, `${'['.repeat(2_500_000)}${']'.repeat(2_500_000)}`)],
  ])('%s are refused quickly, and nobody else waits', async (_, body) => {
    const [answer, others] = await Promise.all([
      post(dialect, body),
      world.ask({ dialect, model: `${dialect.prefix}ok`, stream: true }),
    ]);
    expect(answer.status, answer.body).toBe(400);
    expect(answer.ms).toBeLessThan(REFUSED_WITHIN_MS + body.length / BYTES_PER_MS);
    expect(others.looksFinished).toBe(true);
    expect(others.ms).toBeLessThan(OTHERS_WITHIN_MS);
  });

  const deep = `${'['.repeat(100_000)}1${']'.repeat(100_000)}`;
  const deepObject = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;

  test.each([
    ['an unknown field', (value: string, model: string) => withField(dialect, value, model)],
    ['a tool’s parameters', (value: string, model: string) => withTool(dialect, value, model)],
    ['a message’s content', (value: string, model: string) => withContent(dialect, value, model)],
    ['a message’s own field', (value: string, model: string) => withContent(dialect, `"Hi","x":${value}`, model)],
  ])('a value nested 100,000 deep in %s breaks nothing', async (_, bodyOf) => {
    for (const value of [deep, deepObject])
      for (const { prefix } of [dialect, other]) {
        const answer = await post(dialect, bodyOf(value, `${prefix}ok`));
        expect([200, 400], answer.body.slice(0, 300)).toContain(answer.status);
      }
  });

  test.each(['model', 'stream', 'max_tokens', 'messages'])(
    'a provider never gets %s twice, whatever it would make of that',
    async (field) => {
      const body = { max_tokens: 5, ...dialect.body(`${dialect.prefix}ok`, false, 'Hi') };
      const twice = `{"${field}":${JSON.stringify(DECOYS[field])},${JSON.stringify(body).slice(1)}`;
      const { length: before } = world.provider.requests;
      const answer = await post(dialect, twice);
      expect([200, 400], answer.body).toContain(answer.status);
      for (const request of world.provider.requests.slice(before)) {
        const text = request.body.toString('utf8');
        expect(text.match(new RegExp(`"${field}"`, 'g')), text).toHaveLength(1);
      }
    },
  );

  test('a key written with escapes is the same key', async () => {
    const body = `{"mod\\u0065l":"${other.prefix}ok",${JSON.stringify(dialect.body(`${dialect.prefix}ok`, false, 'Hi')).slice(1)}`;
    const { length: before } = world.provider.requests;
    const answer = await post(dialect, body);
    expect([200, 400], answer.body).toContain(answer.status);
    for (const request of world.provider.requests.slice(before))
      expect(request.body.toString('utf8')).not.toContain('mod\\u0065l');
  });

  test('no key of a request becomes a property of anything else', async () => {
    const evil = '{"__proto__":{"stream":true,"timeout":0.001},"constructor":{"prototype":{"stream":true}}}';
    const whole = `{"__proto__":{"stream":true,"temperature":9},${JSON.stringify(dialect.body(`${dialect.prefix}ok`, false, 'Hi')).slice(1)}`;
    expect([200, 400]).toContain((await post(dialect, withField(dialect, evil))).status);
    expect([200, 400]).toContain((await post(dialect, whole)).status);
    const plain = await post(dialect, JSON.stringify(dialect.body(`${dialect.prefix}ok`, false, 'Hi')));
    expect(plain.status).toBe(200);
    expect(dialect.textOf(parsed(plain.body))).toBe('Hello from the scripted provider.');
    expect(at(world.provider.requests.at(-1)?.json, ['temperature'])).toBeUndefined();
  });
});

const DECOYS: Readonly<Record<string, unknown>> = {
  model: 'o/decoy',
  stream: true,
  max_tokens: 9,
  messages: [{ role: 'user', content: 'decoy' }],
};

function withTool({ id, body }: DialectView, schema: string, model: string): string {
  const tool =
    id === 'openai'
      ? `{"type":"function","function":{"name":"f","parameters":{"type":"object","x":${schema}}}}`
      : `{"name":"f","input_schema":{"type":"object","x":${schema}}}`;
  return `${JSON.stringify(body(model, false, 'Hi')).slice(0, -1)},"tools":[${tool}]}`;
}

function withContent({ body }: DialectView, content: string, model: string): string {
  return JSON.stringify(body(model, false, '|')).replace('"|"', content);
}

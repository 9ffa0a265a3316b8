import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openai } from './dialect-view.ts';
import { rawRequest, sendRaw } from './raw.ts';
import { CALLER_KEY, startWorld, type World } from './world.ts';

const SERVER = { bodyBytesMax: 1_000_000, headersTimeoutMs: 600, requestTimeoutMs: 1000 };
/** How often Node looks for slow callers. */
const CHECK_MS = 1000;
/** Refusing must not wait for what is refused. */
const QUICK_MS = 500;

const BODY = JSON.stringify(openai.body('o/ok', false, 'Hello'));
const LENGTH = `Content-Length: ${BODY.length}`;
const TYPE = 'Content-Type: application/json';
const CHUNKED = 'Transfer-Encoding: chunked';
const IN_CHUNKS = `${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`;
/** A whole request that must never be taken for one. */
const HIDDEN = rawRequest(CALLER_KEY, { lines: [TYPE, LENGTH], body: BODY });

let world: World;
let port: number;
beforeAll(async () => {
  world = await startWorld({ server: SERVER });
  port = Number(new URL(world.gateway.url).port);
});
afterAll(async () => {
  expect(await world.close(), 'secrets where none may be').toEqual([]);
});

const send: typeof sendRaw = async (...args) => {
  const answer = await sendRaw(...args);
  world.keep(answer.text);
  return answer;
};

test('a plain raw request is answered, so the ones below are refused for their faults', async () => {
  const { status } = await send(
    port,
    rawRequest(CALLER_KEY, { lines: [TYPE, LENGTH, 'Connection: close'], body: BODY }),
  );
  expect(status).toBe(200);
  expect(world.provider.requests).toHaveLength(1);
});

describe('nothing of these reaches a provider', () => {
  let before: number;
  beforeAll(() => {
    before = world.provider.requests.length;
  });
  afterEach(() => {
    expect(world.provider.requests).toHaveLength(before);
  });

  /** Headers, or the body, that two servers might read in two ways. */
  const SMUGGLED: readonly (readonly [string, readonly string[], string])[] = [
    ['a length, then chunks', [TYPE, 'Content-Length: 4', CHUNKED], `0\r\n\r\n${HIDDEN}`],
    ['chunks, then a length', [TYPE, CHUNKED, 'Content-Length: 4'], `${IN_CHUNKS}${HIDDEN}`],
    ['two lengths that differ', [TYPE, 'Content-Length: 0', LENGTH], BODY],
    ['two lengths that agree', [TYPE, LENGTH, LENGTH], BODY],
    ['a list of lengths', [TYPE, `${LENGTH}, ${BODY.length}`], BODY],
    ['a length with a sign', [TYPE, `Content-Length: +${BODY.length}`], BODY],
    ['a negative length', [TYPE, 'Content-Length: -1'], BODY],
    ['a length in hexadecimal', [TYPE, 'Content-Length: 0x10'], BODY],
    ['an endless length', [TYPE, `Content-Length: ${'9'.repeat(30)}`], BODY],
    ['two transfer encodings', [TYPE, CHUNKED, 'Transfer-Encoding: identity'], IN_CHUNKS],
    ['an unknown transfer encoding', [TYPE, 'Transfer-Encoding: xchunked'], IN_CHUNKS],
    ['chunked that is not the last', [TYPE, 'Transfer-Encoding: chunked, identity'], IN_CHUNKS],
    ['a transfer encoding behind a vertical tab', [TYPE, 'Transfer-Encoding: \vchunked'], IN_CHUNKS],
    ['a blank before the colon', [TYPE, 'Transfer-Encoding : chunked'], IN_CHUNKS],
    ['a folded header', [TYPE, 'Transfer-Encoding:\r\n chunked'], IN_CHUNKS],
    ['a header that begins with a blank', [TYPE, ` ${CHUNKED}`], IN_CHUNKS],
    ['a line that ends in LF alone', [TYPE, `X-A: b\nX-Length: 1`, LENGTH], BODY],
    ['a line that ends in CR alone', [TYPE, `X-A: b\r${LENGTH}`], BODY],
    ['a NUL in a header', [TYPE, 'X-A: b\0c', LENGTH], BODY],
    ['a NUL in the name of a header', [TYPE, 'X-\0A: b', LENGTH], BODY],
    ['a line without a colon', [TYPE, 'X-A', LENGTH], BODY],
    ['a chunk extension with a line end in it', [TYPE, CHUNKED], `5;a\nb\r\nhello\r\n0\r\n\r\n`],
    ['a chunk size that is no number', [TYPE, CHUNKED], `5x\r\nhello\r\n0\r\n\r\n`],
    ['a chunk size that overflows', [TYPE, CHUNKED], `1${'0'.repeat(17)}\r\nhello\r\n0\r\n\r\n`],
    ['a negative chunk size', [TYPE, CHUNKED], `-5\r\nhello\r\n0\r\n\r\n`],
    ['a chunk longer than its size', [TYPE, CHUNKED], `5\r\nhello you\r\n0\r\n\r\n`],
    ['chunk lines that end in LF alone', [TYPE, CHUNKED], `${BODY.length.toString(16)}\n${BODY}\n0\n\n`],
  ];

  test.each(SMUGGLED)('%s is refused, and the connection closed', async (_, lines, body) => {
    const answer = await send(port, rawRequest(CALLER_KEY, { lines, body }));
    expect(answer.status, answer.text).toBe(400);
    expect(answer.closed).toBe(true);
    expect(answer.text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  });

  test.each([
    ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['an unknown version', 'GET / HTTP/3.7\r\nHost: a\r\n\r\n'],
    ['an unknown method', rawRequest(CALLER_KEY, { method: 'STEAL' })],
    ['no host', 'GET /v1/models HTTP/1.1\r\n\r\n'],
    ['a path with a blank', rawRequest(CALLER_KEY, { target: '/v1/chat completions' })],
  ])('%s is refused, and the connection closed', async (_, bytes) => {
    const answer = await send(port, bytes);
    expect(answer.status, answer.text).toBe(400);
    expect(answer.closed).toBe(true);
  });

  test.each([
    '/v1/chat/completions/',
    '//v1/chat/completions',
    '/v1//chat/completions',
    '/v1/./chat/completions',
    '/v1/x/../chat/completions',
    '/v1/x/..%2fchat/completions',
    '/v1/chat/completions;x=1',
    '/v1/chat/completions%00',
    '/v1/chat%2fcompletions',
    '/V1/chat/completions',
    '/v1/chat/completions\\',
    '/v1/files/..%2f..%2fadmin%2fkeys',
    'http://elsewhere/v1/chat/completions',
    'http://gateway/v1/chat/completions',
  ])('the path %s is none', async (target) => {
    const answer = await send(
      port,
      rawRequest(CALLER_KEY, { target, lines: [TYPE, LENGTH, 'Connection: close'], body: BODY }),
    );
    expect(answer.status, answer.text).toBe(404);
  });

  test('headers that rename the path or the host are not listened to', async () => {
    const lines = [
      'X-Original-URL: /v1/chat/completions',
      'X-Rewrite-URL: /v1/chat/completions',
      'X-HTTP-Method-Override: POST',
      'X-Forwarded-Host: elsewhere',
    ];
    const answer = await send(
      port,
      rawRequest(CALLER_KEY, {
        target: '/v1/nothing',
        lines: [...lines, TYPE, LENGTH, 'Connection: close'],
        body: BODY,
      }),
    );
    expect(answer.status).toBe(404);
  });

  test.each([
    'CONNECT elsewhere:443 HTTP/1.1\r\nHost: elsewhere\r\n\r\n',
    'OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  ])('it is no proxy: %s', async (bytes) => {
    const answer = await send(port, bytes);
    expect(answer.closed).toBe(true);
    expect([0, 400, 404, 405]).toContain(answer.status);
  });

  test.each([
    ['one header of 100 KB', [`X-Long: ${'a'.repeat(100_000)}`]],
    ['5,000 headers', Array.from({ length: 5000 }, (__, index) => `X-H${index}: abc`)],
  ])('%s is too much', async (_, lines) => {
    const answer = await send(port, rawRequest(CALLER_KEY, { lines: [...lines, TYPE, LENGTH], body: BODY }));
    expect(answer.status, answer.text).toBe(431);
    expect(answer.closed).toBe(true);
  });

  test('a path of 100 KB is too much', async () => {
    const answer = await send(port, rawRequest(CALLER_KEY, { target: `/${'a'.repeat(100_000)}` }));
    expect([414, 431]).toContain(answer.status);
  });

  test('a body whose length is over the limit is refused before it is sent', async () => {
    const answer = await send(port, rawRequest(CALLER_KEY, { lines: [TYPE, 'Content-Length: 60000000'], body: BODY }));
    expect(answer.status, answer.text).toBe(413);
    expect(answer.closed).toBe(true);
    expect(answer.ms).toBeLessThan(QUICK_MS);
  });

  test('a body in chunks is refused as soon as it is over the limit', async () => {
    const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`;
    const answer = await send(port, rawRequest(CALLER_KEY, { lines: [TYPE, CHUNKED], body: chunk.repeat(40) }));
    expect(answer.status, answer.text.slice(0, 500)).toBe(413);
    expect(answer.closed).toBe(true);
    expect(answer.ms).toBeLessThan(QUICK_MS);
  });

  test('without a good key nothing of the body is waited for', async () => {
    const answer = await send(
      port,
      rawRequest('sk-wrong-0123456789', { lines: [TYPE, 'Content-Length: 60000000'], body: BODY }),
    );
    expect(answer.status).toBe(401);
    expect(answer.ms).toBeLessThan(QUICK_MS);
  });

  test.each(['gzip', 'br', 'deflate', 'GZIP', 'identity, gzip', 'nonsense'])(
    'a body packed as %s is refused unread',
    async (encoding) => {
      const packed = gzipSync(BODY).toString('latin1');
      const lines = [TYPE, `Content-Encoding: ${encoding}`, `Content-Length: ${packed.length}`, 'Connection: close'];
      const answer = await send(port, Buffer.from(rawRequest(CALLER_KEY, { lines, body: packed }), 'latin1'));
      expect(answer.status, answer.text).toBe(415);
    },
  );

  test('a head that comes too slowly is cut off in time', async () => {
    const drip = { pieces: Array.from({ length: 100 }, (_, index) => `X-${index}: a\r\n`), everyMs: 100 };
    const answer = await send(port, 'POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\n', { drip, waitMs: 8000 });
    expect(answer.closed).toBe(true);
    expect(answer.status).toBe(408);
    expect(answer.ms).toBeLessThan(SERVER.headersTimeoutMs + 2 * CHECK_MS);
  });

  test('a body that comes too slowly is cut off in time', async () => {
    const drip = { pieces: BODY.slice(1).split(''), everyMs: 100 };
    const answer = await send(port, rawRequest(CALLER_KEY, { lines: [TYPE, LENGTH], body: '{' }), {
      drip,
      waitMs: 8000,
    });
    expect(answer.closed).toBe(true);
    expect(answer.status).toBe(408);
    expect(answer.ms).toBeLessThan(SERVER.requestTimeoutMs + 2 * CHECK_MS);
  });

  test('a caller that goes away in the middle of its request leaves nothing behind', async () => {
    await send(port, rawRequest(CALLER_KEY, { lines: [TYPE, LENGTH], body: '{' }), { waitMs: 50 });
    expect(await world.metric('synthlang_requests_in_flight')).toBe(0);
  });
});

test('two requests in one piece are answered in their order', async () => {
  const answer = await send(
    port,
    HIDDEN + rawRequest(CALLER_KEY, { lines: [TYPE, LENGTH, 'Connection: close'], body: BODY }),
  );
  expect(answer.text.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
});

test('after all this a good request is answered', async () => {
  expect((await world.ask({ dialect: openai, model: 'o/ok', stream: true })).looksFinished).toBe(true);
});

import { connect, type AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PlainHead, plainHead } from './plain-head.ts';
import { platformServer } from './platform-server.ts';

const BYTES_MAX = 16_384;
const read = (text: string): PlainHead | undefined => plainHead(Buffer.from(text, 'latin1'), BYTES_MAX);
const post = (lines: readonly string[], line = 'POST /v1/chat/completions HTTP/1.1'): string =>
  [line, 'Host: a', ...lines, '', ''].join('\r\n');

test('what clients send is plain', () => {
  const text = post(['Content-Type:application/json', 'X-Empty:', 'X-Spaced: \t a b', 'content-length: 12']);
  expect(read(`${text}{"model":"m"`)).toEqual({
    method: 'POST',
    path: '/v1/chat/completions',
    query: '',
    headers: {
      host: 'a',
      'content-type': 'application/json',
      'x-empty': '',
      'x-spaced': 'a b',
      'content-length': '12',
    },
    headBytes: text.length,
    bodyBytes: 12,
  });
});

test('a path and its query are told apart at the first question mark', () => {
  expect(read(post([], 'GET /v1/models?a=1?b HTTP/1.1'))).toMatchObject({ path: '/v1/models', query: 'a=1?b' });
  expect(read(post([], 'GET /? HTTP/1.1'))).toMatchObject({ path: '/', query: '' });
});

test.each(['keep-alive', 'Keep-Alive'])('connection: %s changes nothing', (value) => {
  expect(read(post([`Connection: ${value}`], 'GET / HTTP/1.1'))).toBeDefined();
});

test('names like those of an object’s own parts are names like others', () => {
  const head = read(post(['Constructor: 1', 'ToString: 2'], 'GET / HTTP/1.1'));
  expect(Object.keys(head?.headers ?? {})).toEqual(['host', 'constructor', 'tostring']);
  expect(head?.headers['valueOf']).toBeUndefined();
});

describe('these are left to Node’s own parser', () => {
  test.each([
    ['a head that isn’t whole', 'POST / HTTP/1.1\r\nHost: a\r\n'],
    ['another version', post([], 'GET / HTTP/1.0')],
    ['another method', post([], 'HEAD / HTTP/1.1')],
    ['a whole address', post([], 'GET http://a/ HTTP/1.1')],
    ['a fragment', post([], 'GET /#a HTTP/1.1')],
    ['no host', 'GET / HTTP/1.1\r\nX-A: b\r\n\r\n'],
    ['a header twice', post(['X-A: b', 'x-a: b'], 'GET / HTTP/1.1')],
    ['a name with a blank behind it', post(['X-A : b'], 'GET / HTTP/1.1')],
    ['a folded value', post(['X-A: b', ' c'], 'GET / HTTP/1.1')],
    ['a line without a colon', post(['X-A'], 'GET / HTTP/1.1')],
    ['a line end that is LF alone', 'GET / HTTP/1.1\r\nHost: a\nX-A: b\r\n\r\n'],
    ['a carriage return in a value', post(['X-A: b\rc'], 'GET / HTTP/1.1')],
    ['a NUL', post(['X-A: b\0'], 'GET / HTTP/1.1')],
    ['a name that objects can’t keep', post(['__proto__: b'], 'GET / HTTP/1.1')],
    ['text beyond ASCII', post(['X-A: é'], 'GET / HTTP/1.1')],
    ['a blank behind a value', post(['X-A: b '], 'GET / HTTP/1.1')],
    ['no length', post([])],
    ['a length with a sign', post(['Content-Length: +1'])],
    ['a list of lengths', post(['Content-Length: 1, 1'])],
    ['two lengths', post(['Content-Length: 1', 'Content-Length: 1'])],
    ['a question with a body', post(['Content-Length: 1'], 'GET / HTTP/1.1')],
    ['chunks', post(['Transfer-Encoding: chunked'])],
    ['chunks and a length', post(['Transfer-Encoding: chunked', 'Content-Length: 1'])],
    ['a wish to be told to go on', post(['Content-Length: 1', 'Expect: 100-continue'])],
    ['another protocol', post(['Connection: upgrade', 'Upgrade: websocket'], 'GET / HTTP/1.1')],
    ['the last request', post(['Connection: close'], 'GET / HTTP/1.1')],
    [
      'more headers than anybody sends',
      post(
        Array.from({ length: 101 }, (_, at) => `X-${at}: a`),
        'GET / HTTP/1.1',
      ),
    ],
    ['a head over the limit', post([`X-A: ${'a'.repeat(BYTES_MAX)}`], 'GET / HTTP/1.1')],
  ])('%s', (_, text) => {
    expect(read(text)).toBeUndefined();
  });
});

/** What Node's own server made of a request. */
interface Heard {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: object;
  readonly body: string;
}

describe('what is plain, Node’s own parser reads in the same way', () => {
  let heard: Heard[] = [];
  const server = platformServer(
    {
      host: '127.0.0.1',
      port: 0,
      headerBytesMax: BYTES_MAX,
      headersTimeoutMs: 5000,
      requestTimeoutMs: 5000,
      keepAliveTimeoutMs: 5000,
      connectionsMax: 100,
    },
    {
      serve: async (exchange) => {
        const { method, path, query, headers } = exchange;
        const body = (await exchange.readBody(BYTES_MAX)).toString('latin1');
        heard.push({ method, path, query, headers: { ...headers }, body });
        exchange.answer(204, ['connection', 'close'], Buffer.alloc(0));
      },
      newId: () => 'id',
      isReady: () => true,
    },
  );
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));

  async function askedOfNode(bytes: Buffer): Promise<readonly Heard[]> {
    heard = [];
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => undefined);
    socket.resume();
    socket.write(bytes);
    await closed;
    return heard;
  }

  const TRICKY = [
    ...Array.from('\0\t\n\r :,#?\v\x7f\x80ÿ";'),
    '\r\n',
    '%00',
    'Content-Length: 3\r\n',
    'Transfer-Encoding: chunked\r\n',
    'X-A: b\r\n',
    ' x\r\n',
  ];
  const usually = <T>(value: T, others: readonly T[]): fc.Arbitrary<T> =>
    fc.oneof({ weight: 8, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: fc.constantFrom(...others) });
  const name = fc.constantFrom('X-A', 'x-b', '__proto__', 'Cookie', 'TE', 'Accept', 'x_c', "!#$%&'*+-.^_`|~9");
  const value = fc.oneof(
    fc.constantFrom('', 'b', 'a b', '\t', '"', 'keep-alive', '3'),
    fc.string({ unit: 'binary-ascii', maxLength: 12 }),
  );
  const line = fc
    .tuple(name, usually(': ', [':', ' : ', ':\t', '']), value, usually('\r\n', ['\n', '\r', '\r\n ']))
    .map((parts) => parts.join(''));
  const request = fc
    .record({
      method: usually('POST', ['GET', 'PUT', 'post', 'POST ']),
      target: usually('/v1/chat?a=b', ['/', '//a', '/a#b', '*', 'http://a/b', '/a?b?c#d', '/a b', '/é', '/"\\^']),
      version: usually('HTTP/1.1', ['HTTP/1.0', 'HTTP/2.0', 'http/1.1', 'HTTP/1.1 ']),
      host: usually('Host: a\r\n', ['', 'Host:a\r\nHost:b\r\n', 'Host : a\r\n']),
      lines: fc.array(line, { maxLength: 4 }),
      length: usually('Content-Length: 3\r\n', [
        '',
        'Content-Length: 03\r\n',
        'Content-Length: +3\r\n',
        'Content-Length: 3\r\nContent-Length: 3\r\n',
        'Content-Length: 3 \r\n',
        'Content-Length: 0\r\n',
        'content-length:3\r\n',
        'Content-Length: 3,3\r\n',
      ]),
      connection: usually('', ['Connection: close\r\n', 'Connection: keep-alive\r\n', 'Connection: x\r\n']),
      body: usually('abc', ['', 'ab\r', 'a\0c']),
      slip: fc.option(fc.tuple(fc.nat(), fc.constantFrom(...TRICKY)), { freq: 2 }),
    })
    .map(({ method, target, version, host, lines, length, connection, body, slip }) => {
      const text = `${method} ${target} ${version}\r\n${host}${lines.join('')}${length}${connection}\r\n${body}`;
      if (!slip) return text;
      const at = slip[0] % text.length;
      return text.slice(0, at) + slip[1] + text.slice(at);
    });

  test('however strange the request', async () => {
    let plain = 0;
    await fc.assert(
      fc.asyncProperty(request, async (text) => {
        const bytes = Buffer.from(text, 'latin1');
        const head = plainHead(bytes, BYTES_MAX);
        if (!head || bytes.length < head.headBytes + head.bodyBytes) return;
        plain += 1;
        const whole = bytes.subarray(0, head.headBytes + head.bodyBytes);
        const { method, path, query, headers, headBytes } = head;
        const body = whole.toString('latin1', headBytes);
        expect(await askedOfNode(whole)).toEqual([{ method, path, query, headers: { ...headers }, body }]);
      }),
      { numRuns: 20_000 },
    );
    expect(plain).toBeGreaterThan(500); // a check that looked at nothing would always pass
  }, 60_000);
});

import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { bodyText, poolTo, rawProvider, reply } from '../../test/raw-provider.ts';
import { failureOf, settled } from '../../test/support.ts';
import { GatewayError } from '../model/error.ts';

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

async function world(...behaviour: Parameters<typeof rawProvider>) {
  const provider = await rawProvider(...behaviour);
  const door = poolTo(provider.url);
  opened.push(provider.close, () => door.pool.close());
  return { provider, ...door };
}

function closed(socket: Socket | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (!socket || socket.destroyed) resolve();
    else socket.once('close', () => resolve());
  });
}

/** Bytes in which nothing that is lost or doubled goes unseen. */
function noise(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at + 4 <= size; at += 4) bytes.writeUInt32LE((at * 2_654_435_761) >>> 0, at);
  return bytes;
}

const hash = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

test('bytes behind a reply end the connection, and are never the next reply', async () => {
  const poisoned = ({ socket, path }: { socket: Socket; path: string }) =>
    socket.write(path === '/a' ? `${reply('a')}${reply('poison')}` : reply(path));
  const { provider, send } = await world(poisoned);
  expect(await bodyText(send('/a'))).toBe('a');
  expect(await bodyText(send('/b'))).toBe('/b');
  expect(provider.requests.map(({ connection }) => connection)).toEqual([0, 1]);
});

test('a reply before the request was heard to its end is given, and ends the connection', async () => {
  const { provider, send, left } = await world(undefined, (socket) => {
    socket.removeAllListeners('data');
    socket.once('data', () => {
      socket.pause();
      socket.write('HTTP/1.1 413 Too Large\r\ncontent-length: 3\r\n\r\nno!');
    });
  });
  const response = await send('/a', { body: Buffer.alloc(50_000_000) });
  expect(response.status).toBe(413);
  expect(await bodyText(response)).toBe('no!');
  expect(left()).toEqual([0, 0, 0]);
  provider.sockets[0]?.resume();
  await closed(provider.sockets[0]);
});

test.each([[100], [65_536], [65_537], [30_000_000]])('a request body of %i bytes arrives as it is', async (size) => {
  const body = noise(size);
  const { send, left } = await world(({ socket, body: heard }) => socket.write(reply(hash(heard))));
  expect(await bodyText(send('/a', { body }))).toBe(hash(body));
  expect(left()).toEqual([0, 0, 1]);
});

test.each([
  ['a length', (body: Buffer) => [reply('').replace('length: 0', `length: ${body.length}`), body]],
  ['no length', (body: Buffer) => ['HTTP/1.1 200 OK\r\n\r\n', body]],
  [
    'chunks',
    (body: Buffer) => {
      const parts: (string | Buffer)[] = ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'];
      for (let at = 0; at < body.length; at += 50_001) {
        const chunk = body.subarray(at, at + 50_001);
        parts.push(`${chunk.length.toString(16)}\r\n`, chunk, '\r\n');
      }
      return [...parts, '0\r\n\r\n'];
    },
  ],
])('a huge reply with %s arrives as it is, however slowly it is read', async (_, written) => {
  const body = noise(20_000_000);
  const { send, left } = await world(({ socket }) => {
    for (const part of written(body)) socket.write(part);
    if (_ === 'no length') socket.end();
  });
  const sum = createHash('sha256');
  for await (const bytes of (await send('/a')).body) {
    sum.update(bytes);
    await settled();
  }
  expect(sum.digest('hex')).toBe(hash(body));
  const [deadlines, listeners] = left();
  expect([deadlines, listeners]).toEqual([0, 0]);
});

test.each([[66_000], [200_000]])(
  'a body of %i bytes that was held up, to its end maybe, leaves a connection that goes on',
  async (size) => {
    const { provider, send } = await world(({ socket, path }) =>
      socket.write(reply(path === '/a' ? 'a'.repeat(size) : path)),
    );
    const slow = await send('/a');
    for (let at = 0; at < 20; at += 1) await settled();
    expect(await bodyText(slow)).toHaveLength(size);
    expect(await bodyText(send('/b'))).toBe('/b');
    await settled();
    provider.sockets[0]?.destroy();
    expect(await bodyText(send('/c'))).toBe('/c');
  },
);

test('an abort ends the connection within the tick', async () => {
  const { provider, send, cancellation, left } = await world(() => undefined);
  const failing = failureOf(send('/a'));
  while (provider.requests.length === 0) await settled();
  cancellation.cancel(new GatewayError('request.cancelled', 'gone'));
  expect(left()).toEqual([0, 0, 0]);
  expect((await failing).code).toBe('request.cancelled');
  await closed(provider.sockets[0]);
});

test.each([
  ['resets', 'before its head', '', (socket: Socket) => socket.resetAndDestroy()],
  ['resets', 'in its head', 'HTTP/1.1 200', (socket: Socket) => socket.resetAndDestroy()],
  ['closes', 'before its head', '', (socket: Socket) => socket.end()],
  ['closes', 'in its head', 'HTTP/1.1 200', (socket: Socket) => socket.end()],
])('a provider that %s a kept connection %s has broken it', async (_, __, bytes, end) => {
  const { send, left } = await world(({ socket, path }) => {
    if (path === '/a') return void socket.write(reply('a'));
    if (bytes) socket.write(bytes, () => end(socket));
    else end(socket);
  });
  await bodyText(send('/a'));
  expect((await failureOf(send('/b'))).code).toBe('upstream.broke');
  expect(left()).toEqual([0, 0, 0]);
});

test('a reset in the middle of a body without a length isn’t its end', async () => {
  const { provider, send, left } = await world(({ socket }) => socket.write('HTTP/1.1 200 OK\r\n\r\nhalf'));
  const { body } = await send('/a');
  const reading = body[Symbol.asyncIterator]();
  expect(String((await reading.next()).value)).toBe('half');
  // Not before it was read: a reset that comes along with bytes looks like an end to libuv.
  provider.sockets[0]?.resetAndDestroy();
  expect((await failureOf(reading.next())).code).toBe('upstream.broke');
  expect(left()).toEqual([0, 0, 0]);
});

test('bytes that aren’t HTTP are the provider’s failure, in the middle of a body too', async () => {
  const { send, left } = await world(({ socket }) =>
    socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\nzz\r\n'),
  );
  expect((await failureOf(bodyText(send('/a')))).code).toBe('upstream.bad-response');
  expect(left()).toEqual([0, 0, 0]);
});

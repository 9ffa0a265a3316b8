import { createServer, type AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { bodyText, poolTo, rawProvider, reply } from '../../test/raw-provider.ts';
import { failureOf, settled } from '../../test/support.ts';
import { Cancellation } from '../model/cancellation.ts';
import { GatewayError } from '../model/error.ts';

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

async function world(max?: number, ...behaviour: Parameters<typeof rawProvider>) {
  const provider = await rawProvider(...behaviour);
  const door = poolTo(provider.url, max);
  opened.push(provider.close, () => door.pool.close());
  return { provider, ...door };
}

const gone = new GatewayError('request.cancelled', 'gone');

/** Lets everything that is under way on this machine arrive. */
async function quiet(): Promise<void> {
  for (let at = 0; at < 20; at += 1) await settled();
}

test('ten thousand requests in turn take one connection, and leave nothing behind', async () => {
  const { provider, send, left } = await world();
  for (let at = 0; at < 10_000; at += 1) expect(await bodyText(send(`/${at}`))).toBe(`/${at}`);
  expect(provider.sockets).toHaveLength(1);
  expect(left()).toEqual([0, 0, 1]);
});

test('no more connections are opened than allowed, and everybody gets their own reply', async () => {
  const { provider, send, left } = await world(2);
  const paths = Array.from({ length: 20 }, (_, at) => `/${at}`);
  const bodies = await Promise.all(paths.map((path) => bodyText(send(path))));
  expect(bodies).toEqual(paths);
  expect(provider.sockets).toHaveLength(2);
  expect(left()).toEqual([0, 0, 2]);
});

test('with one connection, requests are sent in the order in which they came', async () => {
  const { provider, send } = await world(1);
  const paths = ['/a', '/b', '/c', '/d', '/e'];
  await Promise.all(paths.map((path) => bodyText(send(path))));
  expect(provider.requests.map(({ path }) => path)).toEqual(paths);
});

test('a request given up while it waits leaves the queue, and the next one is served', async () => {
  const { provider, send, left } = await world(1);
  const first = send('/a');
  const cancellation = new Cancellation();
  const second = failureOf(send('/b', { cancellation }));
  const third = send('/c');
  cancellation.cancel(gone);
  expect(await second).toBe(gone);
  expect(await bodyText(first)).toBe('/a');
  expect(await bodyText(third)).toBe('/c');
  expect(provider.requests.map(({ path }) => path)).toEqual(['/a', '/c']);
  expect(left()).toEqual([0, 0, 1]);
});

test('a request whose time runs out while it waits leaves the queue', async () => {
  const { provider, send, clock } = await world(1, () => undefined);
  const first = failureOf(send('/a', { headersTimeoutMs: 9000 }));
  const second = failureOf(send('/b'));
  while (provider.requests.length === 0) await settled();
  clock.pass(1000);
  expect((await second).message).toContain('headers timer');
  clock.pass(8000);
  expect((await first).code).toBe('upstream.timeout');
  await quiet();
  expect(provider.requests.map(({ path }) => path)).toEqual(['/a']);
});

test('the connection that was used last is used first', async () => {
  const { provider, send } = await world();
  const [first, second] = [send('/a'), send('/b')];
  await bodyText(first);
  await bodyText(second);
  await bodyText(send('/c'));
  const used = provider.requests.map(({ connection }) => connection);
  expect(used[2]).toBe(used[1]);
  expect(provider.sockets).toHaveLength(2);
});

test('a request given up before it was sent leaves its connection as good as before', async () => {
  const { provider, send, left } = await world();
  await bodyText(send('/a'));
  const cancellation = new Cancellation();
  const second = failureOf(send('/b', { cancellation }));
  cancellation.cancel(gone);
  expect(await second).toBe(gone);
  expect(await bodyText(send('/c'))).toBe('/c');
  expect(provider.requests.map(({ path, connection }) => [path, connection])).toEqual([
    ['/a', 0],
    ['/c', 0],
  ]);
  expect(left()).toEqual([0, 0, 1]);
});

test('a request given up while its connection is opened takes it along', async () => {
  const { provider, send, left } = await world(1);
  const cancellation = new Cancellation();
  const first = failureOf(send('/a', { cancellation }));
  const second = send('/b');
  cancellation.cancel(gone);
  expect(await first).toBe(gone);
  expect(await bodyText(second)).toBe('/b');
  expect(provider.requests.map(({ path }) => path)).toEqual(['/b']);
  expect(left()).toEqual([0, 0, 1]);
});

test('a connection that can’t be opened fails its own request, and the next one tries anew', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  const { send, left } = poolTo(`http://127.0.0.1:${port}`, 1);
  const failures = await Promise.all(['/a', '/b', '/c'].map((path) => failureOf(send(path))));
  expect(failures.map(({ code }) => code)).toEqual(Array(3).fill('upstream.unreachable'));
  expect(left()).toEqual([0, 0, 0]);
});

test('a connection that the provider closes while it is idle is not used again', async () => {
  const { provider, send, left } = await world();
  await bodyText(send('/a'));
  provider.sockets[0]?.end();
  await quiet();
  expect(left()).toEqual([0, 0, 0]);
  expect(await bodyText(send('/b'))).toBe('/b');
  expect(provider.requests.map(({ connection }) => connection)).toEqual([0, 1]);
});

test.each([
  ['closes', (socket: { destroy: () => void }) => socket.destroy()],
  ['resets', (socket: { resetAndDestroy: () => void }) => socket.resetAndDestroy()],
])(
  'a connection that the provider %s just before it is used is noticed, and the request takes another',
  async (_, end) => {
    const { provider, send } = await world();
    await bodyText(send('/a'));
    await settled();
    const [socket] = provider.sockets;
    if (socket) end(socket);
    expect(await bodyText(send('/b'))).toBe('/b');
    expect(provider.requests.map(({ connection }) => connection)).toEqual([0, 1]);
  },
);

test('what a provider sends unasked just before a request is never its reply', async () => {
  const { provider, send } = await world();
  await bodyText(send('/a'));
  await settled();
  provider.sockets[0]?.write(reply('poison'));
  expect(await bodyText(send('/b'))).toBe('/b');
  expect(provider.requests.map(({ connection }) => connection)).toEqual([0, 1]);
});

test('idle connections are closed after 30 seconds, and don’t keep the process running before', async () => {
  const { provider, send, look, left } = await world();
  await bodyText(send('/a'));
  look(29);
  expect(left()).toEqual([0, 0, 1]);
  expect(await bodyText(send('/b'))).toBe('/b');
  look(30);
  expect(left()).toEqual([0, 0, 0]);
  expect(provider.sockets).toHaveLength(1);
});

test.each([
  ['timeout=5', 3],
  ['timeout=5, max=100', 3],
  ['max=5', 30],
  ['timeout=600', 30],
  ['timeout=3', 1],
])('a provider that says keep-alive: %s is taken by its word, with a margin (%i s)', async (hint, seconds) => {
  const { send, look, left } = await world(2, ({ socket }) => socket.write(reply('a', `keep-alive: ${hint}\r\n`)));
  await bodyText(send('/a'));
  look(seconds - 1);
  expect(left()).toEqual([0, 0, 1]);
  look(1);
  expect(left()).toEqual([0, 0, 0]);
});

test.each([['keep-alive: timeout=2\r\n'], ['connection: close\r\n']])(
  'a connection that won’t last is closed behind its reply (%j), and the next request gets its own',
  async (line) => {
    const { provider, send, left } = await world(1, ({ socket, path }) => socket.write(reply(path, line)));
    const bodies = await Promise.all(['/a', '/b', '/c'].map((path) => bodyText(send(path))));
    expect(bodies).toEqual(['/a', '/b', '/c']);
    expect(provider.requests.map(({ connection }) => connection)).toEqual([0, 1, 2]);
    expect(left()).toEqual([0, 0, 0]);
  },
);

test('closing ends what is under way and what waits, and resolves when every socket is closed', async () => {
  const { provider, send, pool, left } = await world(1, () => undefined);
  const failing = ['/a', '/b'].map((path) => failureOf(send(path)));
  while (provider.requests.length === 0) await settled();
  await pool.close();
  const failures = await Promise.all(failing);
  expect(failures.map(({ code }) => code)).toEqual(['upstream.broke', 'upstream.broke']);
  await quiet();
  expect(provider.sockets.map(({ destroyed }) => destroyed)).toEqual([true]);
  expect(left()).toEqual([0, 0, 0]);
});

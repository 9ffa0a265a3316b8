import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { anthropic, DIALECTS, openai } from './dialect-view.ts';
import { startWorld, type World } from './world.ts';

const UPSTREAM = {
  connectTimeoutMs: 1100,
  headersTimeoutMs: 1300,
  firstOutputTimeoutMs: 1500,
  idleTimeoutMs: 1700,
  totalTimeoutMs: 3200,
};
/** How late a timer may be. */
const LATE_MS = 250;
/** What starting, sending and hearing may take besides. */
const WAY_MS = 100;

interface Row {
  readonly timer: string;
  readonly model: string;
  readonly stream: boolean;
  readonly dueMs: number;
  /** The reply has begun by then, so the error is an event in it. */
  readonly begun?: boolean;
}

const ROWS: readonly Row[] = [
  { timer: 'connect', model: 'deaf', stream: true, dueMs: UPSTREAM.connectTimeoutMs },
  { timer: 'connect', model: 'deaf', stream: false, dueMs: UPSTREAM.connectTimeoutMs },
  { timer: 'headers', model: 'o/silent', stream: true, dueMs: UPSTREAM.headersTimeoutMs },
  { timer: 'first output', model: 'o/silent-start', stream: true, dueMs: UPSTREAM.firstOutputTimeoutMs },
  { timer: 'idle', model: 'o/words:8+stall:5', stream: true, dueMs: UPSTREAM.idleTimeoutMs, begun: true },
  { timer: 'idle', model: 'o/stall-byte:30', stream: false, dueMs: UPSTREAM.idleTimeoutMs },
  { timer: 'total', model: 'o/silent', stream: false, dueMs: UPSTREAM.totalTimeoutMs },
  { timer: 'total', model: 'o/words:99+paced:100', stream: true, dueMs: UPSTREAM.totalTimeoutMs, begun: true },
  { timer: 'total', model: `o/say:${'x'.repeat(200)}+drip:40`, stream: false, dueMs: UPSTREAM.totalTimeoutMs },
];

let world: World;
let deaf: Server;
const calls = new Set<Socket>();

beforeAll(async () => {
  deaf = createServer((socket) => {
    calls.add(socket.resume());
    socket.on('error', () => undefined);
    socket.on('close', () => calls.delete(socket));
  });
  await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve));
  const { port } = deaf.address() as AddressInfo;
  // It takes the connection and never says hello, so the TLS handshake hangs.
  world = await startWorld({
    upstream: UPSTREAM,
    models: [{ name: 'deaf', target: 'openai/deaf', key: 'sk-deaf', apiBase: `https://127.0.0.1:${port}/v1` }],
  });
});

afterAll(async () => {
  expect(await world.close(), 'secrets where none may be').toEqual([]);
  for (const socket of calls) socket.destroy();
  deaf.close();
});

test.concurrent.each(ROWS.map((row) => ({ ...row, form: row.stream ? 'a stream' : 'a plain reply' })))(
  'the $timer timer of $form ends it on time, and says its name',
  async ({ timer, model, stream, dueMs, begun = false }) => {
    const heard = await world.ask({ dialect: openai, model, stream });
    expect(heard.status, heard.body).toBe(begun ? 200 : 504);
    expect(heard.error).toContain(`(${timer} timer)`);
    expect(heard.looksFinished).toBe(false);
    expect(heard.ms).toBeGreaterThanOrEqual(dueMs - 1);
    expect(heard.ms).toBeLessThan(dueMs + LATE_MS + WAY_MS);
  },
);

test.concurrent.each(DIALECTS)('a caller of $id may set a shorter total time for itself', async (dialect) => {
  const heard = await world.ask({ dialect, model: 'o/silent', stream: false, fields: { timeout: 0.4 } });
  expect(heard.status, heard.body).toBe(504);
  expect(heard.ms).toBeLessThan(400 + LATE_MS + WAY_MS);
});

test('a slow stream that keeps talking is no concern of the idle timer', async () => {
  const heard = await world.ask({ dialect: anthropic, model: 'a/words:8+paced:200', stream: true });
  expect(heard.looksFinished).toBe(true);
  expect(heard.ms).toBeGreaterThan(UPSTREAM.idleTimeoutMs);
});

test('a provider that was given up on is let go at once', async () => {
  for (const request of world.provider.requests) expect(['aborted', 'answered']).toContain(await request.ended);
  expect(calls.size).toBe(0);
});

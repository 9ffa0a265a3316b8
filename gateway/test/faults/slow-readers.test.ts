import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DIALECTS, openai, type DialectView } from './dialect-view.ts';
import { residentBytes, socketsOf } from './observed.ts';
import { rawRequest } from './raw.ts';
import { until, within } from './until.ts';
import { CALLER_KEY, startWorld, type World } from './world.ts';

const READERS = 200;
const BYTES_PER_SECOND = 1024;
const WRITE_IDLE_MS = 2000;
const LATE_MS = 250;
/** What one reader who doesn't keep up may cost, and what the process may waste besides. */
const BYTES_EACH_MAX = 512 * 1024;
const WASTE_MAX = 128 * 1024 * 1024;
/** Flow that stands so long is paused. */
const STILL_MS = 1000;
/** What it takes until everything between provider and caller is full. */
const FILLING_MS = 750;

let patient: World;
let strict: World;
beforeAll(async () => {
  const upstream = {
    headersTimeoutMs: 20_000,
    firstOutputTimeoutMs: 20_000,
    idleTimeoutMs: 5000,
    totalTimeoutMs: 90_000,
  };
  patient = await startWorld({ upstream });
  strict = await startWorld({
    upstream: { ...upstream, idleTimeoutMs: 1000 },
    server: { writeIdleTimeoutMs: WRITE_IDLE_MS },
  });
  for (const dialect of DIALECTS) await patient.ask({ dialect, model: `${dialect.prefix}words:500`, stream: true });
});
afterAll(async () => {
  expect([...(await patient.close()), ...(await strict.close())], 'secrets where none may be').toEqual([]);
});

interface Reader {
  readonly closed: Promise<void>;
  /** Stops reading altogether. */
  readonly stop: () => void;
  readonly leave: () => void;
}

/** Asks for a stream, and reads at a trickle. */
function slowReader({ gateway }: World, dialect: DialectView): Reader {
  const socket = connect({ port: Number(new URL(gateway.url).port), host: '127.0.0.1' });
  const body = JSON.stringify(dialect.body(`${dialect.prefix}endless`, true, 'Hello'));
  const lines = ['Content-Type: application/json', `Content-Length: ${body.length}`];
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  socket.write(rawRequest(CALLER_KEY, { target: dialect.path, lines, body }));
  socket.pause();
  socket.on('readable', () => undefined); // reads ahead into its small buffer, and no further
  const sipping = setInterval(() => socket.read(BYTES_PER_SECOND / 10), 100);
  const stop = (): void => clearInterval(sipping);
  const leave = (): void => {
    stop();
    socket.destroy();
  };
  return { closed, stop, leave };
}

test(`${READERS} callers who read a trickle cost little, and their providers are made to wait`, {
  timeout: 60_000,
}, async () => {
  const { gateway, provider } = patient;
  const before = { bytes: residentBytes(gateway), sockets: socketsOf(gateway), requests: provider.requests.length };
  const readers = Array.from({ length: READERS }, (_, index) => slowReader(patient, DIALECTS[index % 2] ?? openai));
  await provider.arrived(before.requests + READERS);
  const streams = provider.requests.slice(before.requests);

  const bytesMax = await mostUntilStill(patient, () => streams.reduce((sum, { sentBytes }) => sum + sentBytes, 0));
  expect(bytesMax - before.bytes).toBeLessThan(READERS * BYTES_EACH_MAX + WASTE_MAX);
  expect(streams.filter(({ ending }) => ending !== undefined)).toHaveLength(0);
  expect(await patient.metric('synthlang_requests_in_flight')).toBe(READERS);

  const good = await patient.ask({ dialect: openai, model: 'o/words:8', stream: true });
  expect(good.looksFinished).toBe(true);
  expect(good.ms).toBeLessThan(1000);

  for (const { leave } of readers) leave();
  await until('every provider hears of it', () => streams.every(({ ending }) => ending === 'aborted'));
  expect(await patient.metric('synthlang_requests_in_flight')).toBe(0);
  await until('no socket is left', () => socketsOf(gateway) <= before.sockets + provider.connections);
});

test('one who stops reading is cut off in time, not earlier', async () => {
  const { provider } = strict;
  const { length: before } = provider.requests;
  const reader = slowReader(strict, openai);
  reader.stop();
  const request = await provider.arrived(before + 1);
  expect(await within(WRITE_IDLE_MS + 5000, 'the provider hears of it', request.ended)).toBe('aborted');
  const waitedMs = (request.endedAtMs ?? 0) - request.arrivedAtMs;
  expect(waitedMs).toBeGreaterThan(WRITE_IDLE_MS - 1);
  expect(waitedMs).toBeLessThan(WRITE_IDLE_MS + LATE_MS + FILLING_MS);
  reader.leave();
  await reader.closed;
  expect((await strict.records(1)).map(({ end }) => end)).toEqual(['cancelled']);
});

test('one who pauses for less than that loses nothing', async () => {
  const asking = strict.put({ dialect: openai, model: 'o/words:60000', stream: true });
  const response = await asking.begun;
  response.pause();
  await until('two thirds of the time have passed', paused((WRITE_IDLE_MS * 2) / 3));
  response.resume();
  const heard = await asking.heard;
  expect(heard.looksFinished).toBe(true);
  expect(heard.text.split(' ')).toHaveLength(60_000);
});

test('a provider that waits for a slow caller is not taken for a silent one', async () => {
  const turns = [...(await patient.records(READERS)), ...(await strict.records(2))];
  expect(turns.filter(({ error }) => error?.code === 'upstream.timeout')).toEqual([]);
});

/** Watches the gateway's memory until nothing flows any more, and gives the most it was. */
async function mostUntilStill({ gateway }: World, flowed: () => number): Promise<number> {
  let bytesMax = 0;
  let last = -1;
  let changedAtMs = performance.now();
  await until(
    'nothing flows any more',
    () => {
      bytesMax = Math.max(bytesMax, residentBytes(gateway));
      const now = flowed();
      if (now !== last) changedAtMs = performance.now();
      last = now;
      return performance.now() - changedAtMs > STILL_MS;
    },
    45_000,
  );
  return bytesMax;
}

function paused(ms: number): () => boolean {
  const startedMs = performance.now();
  return () => performance.now() - startedMs > ms;
}

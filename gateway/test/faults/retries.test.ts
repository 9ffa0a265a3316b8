import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { header, retryAfter, retryAfterMs, status } from '../scripted-provider/acts.ts';
import { behave, type Behaviour } from '../scripted-provider/behaviour.ts';
import { inTurn, type Script } from '../scripted-provider/script.ts';
import { DIALECTS, openai } from './dialect-view.ts';
import { startWorld, type World } from './world.ts';

const RETRIES_MAX = 2;
const RETRY_AFTER_MAX_MS = 1500;
const LATE_MS = 250;

/** Each model's name says what its provider does, in turn; a model nobody asked before starts anew. */
const PLAYS: Readonly<Record<string, readonly Behaviour[]>> = {
  'limited-seconds': [behave(status(429), retryAfter(1)), {}],
  'limited-ms': [behave(status(429), retryAfterMs(600)), {}],
  'limited-long': [behave(status(429), retryAfter(7))],
  'limited-first': [behave(status(429), retryAfter(1))],
  'busy-500': [status(500)],
  'busy-503': [status(503)],
  'busy-529': [status(529)],
  'wrong-400': [status(400)],
};

/** When `limited-date` may be asked again. */
let retryDateMs = 0;

/** HTTP dates are whole seconds, so the date is chosen when the question comes: 0.4 to 1.4 seconds away. */
function limitedByDate(): Behaviour {
  retryDateMs = Math.floor((Date.now() + 1400) / 1000) * 1000;
  return behave(status(429), header('retry-after', new Date(retryDateMs).toUTCString()));
}

function plays(): Script {
  const scripts = new Map<string, Script>();
  return (request, asked) => {
    const name = asked.model.replace(/~.*/, '');
    if (asked.model === 'limited-date' && retryDateMs === 0) return limitedByDate();
    const script = scripts.get(asked.model) ?? inTurn(...(PLAYS[name] ?? [{}]));
    scripts.set(asked.model, script);
    return script(request, asked);
  };
}

let world: World;
let closedPort: number;
beforeAll(async () => {
  closedPort = await portWithoutListener();
  world = await startWorld({
    script: plays(),
    routing: {
      retriesMax: RETRIES_MAX,
      retryAfterMaxMs: RETRY_AFTER_MAX_MS,
      fallbacks: { nobody: ['o/good'], 'o/limited-first': ['o/good'], 'o/busy-500~with-fallback': ['o/good'] },
    },
    upstream: { totalTimeoutMs: 20_000, headersTimeoutMs: 5000, firstOutputTimeoutMs: 5000, idleTimeoutMs: 5000 },
    models: ['nobody', 'nobody-alone'].map((name) => ({
      name,
      target: 'openai/nobody',
      key: 'sk-nobody',
      apiBase: `http://127.0.0.1:${closedPort}/v1`,
    })),
  });
});
afterAll(async () => {
  expect(await world.close(), 'secrets where none may be').toEqual([]);
});

const asked = (model: string) => world.provider.requests.filter((request) => request.model === model);

test.concurrent.each([
  { model: 'limited-seconds', waitMs: 1000, stream: true },
  { model: 'limited-seconds~plain', waitMs: 1000, stream: false },
  { model: 'limited-ms', waitMs: 600, stream: true },
])('$model is asked again when it said, and not before', async ({ model, waitMs, stream }) => {
  const heard = await world.ask({ dialect: openai, model: `o/${model}`, stream });
  expect(heard.status, heard.body).toBe(200);
  const [first, second] = asked(model);
  const waited = (second?.arrivedAtMs ?? 0) - (first?.arrivedAtMs ?? 0);
  expect(waited).toBeGreaterThanOrEqual(waitMs - 20);
  expect(waited).toBeLessThan(waitMs + LATE_MS);
});

test.concurrent('a date to come back at is kept to, and not anticipated', async () => {
  const heard = await world.ask({ dialect: openai, model: 'o/limited-date', stream: false });
  expect(heard.status, heard.body).toBe(200);
  const cameBackMs = performance.timeOrigin + (asked('limited-date')[1]?.arrivedAtMs ?? 0);
  expect(cameBackMs).toBeGreaterThanOrEqual(retryDateMs - 20);
  expect(cameBackMs).toBeLessThan(retryDateMs + LATE_MS);
});

test.concurrent.each(
  DIALECTS.flatMap((dialect) => [true, false].map((stream) => ({ dialect, stream, id: dialect.id }))),
)(
  'a provider that wants more patience than is allowed is not asked again, and its wish goes on to a caller of $id (stream: $stream)',
  async ({ dialect, stream, id }) => {
    const model = `limited-long~${id}-${stream}`;
    const heard = await world.ask({ dialect, model: `o/${model}`, stream });
    expect(heard.status).toBe(429);
    expect(heard.headers['retry-after']).toBe('7');
    expect(asked(model)).toHaveLength(1);
  },
);

test.concurrent.each([true, false])(
  'one at its rate limit is left alone while its fallback answers (stream: %s)',
  async (stream) => {
    const { length: before } = asked('limited-first');
    const heard = await world.ask({ dialect: openai, model: 'o/limited-first', stream, fields: { num_retries: 0 } });
    expect(heard.status, heard.body).toBe(200);
    expect(heard.headers['x-synthlang-fallbacks']).toBe('1');
    expect(heard.ms).toBeLessThan(900);
    expect(asked('limited-first').length - before).toBeLessThanOrEqual(2);
  },
);

test.concurrent.each(['busy-500', 'busy-503', 'busy-529'])(
  'a burst of %s is not multiplied by more than the retries',
  async (model) => {
    const callers = Array.from({ length: 30 }, (_, index) => index);
    const answers = await Promise.all(
      callers.map((index) => world.ask({ dialect: openai, model: `o/${model}~${index}`, stream: index % 2 === 0 })),
    );
    for (const heard of answers) {
      expect(heard.status).toBe(Number(model.slice(-3)));
      expect(heard.error).toBeDefined();
      // Its own attempts are spent, so a client that retries as well must not.
      expect(heard.headers['x-should-retry']).toBe('false');
      expect(Number(heard.headers['x-synthlang-attempts'])).toBeLessThanOrEqual(1 + RETRIES_MAX);
    }
    const requests = world.provider.requests.filter(
      ({ model: name }) => name.startsWith(`${model}~`) && !name.includes('fallback'),
    );
    expect(requests.length).toBeLessThanOrEqual(callers.length * (1 + RETRIES_MAX));
  },
);

test('a refusal of the request is not retried', async () => {
  const heard = await world.ask({ dialect: openai, model: 'o/wrong-400', stream: true });
  expect(heard.status).toBe(400);
  expect(asked('wrong-400')).toHaveLength(1);
});

test('a caller that wants no retries gets none', async () => {
  await world.ask({ dialect: openai, model: 'o/busy-500~once', stream: false, fields: { num_retries: 0 } });
  expect(asked('busy-500~once')).toHaveLength(1);
});

test.each(DIALECTS)('a refused connection is answered by the fallback within a second, for $id', async (dialect) => {
  const heard = await world.ask({ dialect, model: 'nobody', stream: true });
  expect(heard.status, heard.body).toBe(200);
  expect(heard.text).toBe('Hello from the scripted provider.');
  expect(heard.ms).toBeLessThan(1000);
});

test.each(DIALECTS)('a refused connection without a fallback is a 502 within a second, for $id', async (dialect) => {
  const heard = await world.ask({ dialect, model: 'nobody-alone', stream: true });
  expect(heard.status).toBe(502);
  expect(heard.error).not.toMatch(/127\.0\.0\.1|ECONNREFUSED/);
  expect(heard.headers['x-synthlang-attempts']).toBe(String(1 + RETRIES_MAX));
  expect(heard.ms).toBeLessThan(1000);
});

async function portWithoutListener(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

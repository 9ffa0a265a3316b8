import { expect, test } from 'vitest';
import { GatewayError } from '../../src/model/error.ts';
import { seededRandom } from '../../src/model/seeded-random.ts';
import { ask, turn } from '../support.ts';
import { type Behaviour, down, SimulatedGroup, well } from './simulated-group.ts';

const START_MS = 1_000_000;

test('one of three down: at least 99.9 % are answered, with at most a fifth more questions', async () => {
  const group = new SimulatedGroup({ a: well, b: well, c: down });
  await group.load(50, 600);
  expect(group.ended.length).toBe(30_000);
  expect(group.answeredShare).toBeGreaterThanOrEqual(0.999);
  expect(group.attempts / group.ended.length).toBeLessThanOrEqual(1.2);
});

test('one that comes back is asked as before after one probe', async () => {
  const backAtMs = START_MS + 60_000;
  const c: Behaviour = (nowMs) => (nowMs < backAtMs ? down(nowMs) : well(nowMs));
  const group = new SimulatedGroup({ a: well, b: well, c });
  await group.load(50, 300);
  const after = (group.asked.get('c') ?? []).filter((atMs) => atMs >= backAtMs);
  // The longest rest is a minute; from the first question on all goes as before.
  const [first = Infinity] = after;
  expect(first - backAtMs).toBeLessThanOrEqual(60_000 + 1000);
  const share = after.length / (50 * ((START_MS + 300_000 - first) / 1000));
  expect(share).toBeGreaterThan(0.3);
  const probes = (group.asked.get('c') ?? []).filter((atMs) => atMs < backAtMs).length;
  expect(probes).toBeLessThan(15);
});

test('all down: hardly anybody is asked, and callers hear of it fast', async () => {
  const group = new SimulatedGroup({ a: down, b: down, c: down });
  await group.load(50, 120);
  expect(group.answeredShare).toBe(0);
  expect(group.attempts / group.ended.length).toBeLessThanOrEqual(1.2);
  expect(group.attempts).toBeLessThan(200);
  const settled = group.ended.filter(({ begunMs }) => begunMs > START_MS + 10_000);
  const slow = settled.filter(({ begunMs, endedMs }) => endedMs - begunMs > 100);
  expect(slow.length / settled.length).toBeLessThan(0.01);
  expect(settled.every(({ error }) => (error?.details.retryAfterMs ?? 0) > 0 || error?.code === 'upstream.broke')).toBe(
    true,
  );
});

test('alone and down: a storm of a client’s 30 retries are three questions, and the probes', async () => {
  const group = new SimulatedGroup({ a: down });
  for (let retries = 0; retries < 30; retries += 1) void group.time.after(retries * 800).then(() => group.request());
  await group.time.run();
  const probes = 3; // after 5, 10 and 20 seconds
  expect(group.attempts).toBeLessThanOrEqual(3 + probes);
  expect(group.ended).toHaveLength(30);
});

test('a flood that meets a provider which has just gone down: the budget holds the retries back', async () => {
  const atMs = START_MS + 60_000;
  const falling: Behaviour = (nowMs) => (nowMs < atMs ? well(nowMs) : { ms: 5000, error: down(nowMs).error ?? fail() });
  const group = new SimulatedGroup({ a: falling });
  await group.load(100, 90);
  const during = group.ended.filter(({ begunMs }) => begunMs >= atMs).length;
  const asked = (group.asked.get('a') ?? []).filter((time) => time >= atMs).length;
  expect(asked / during).toBeLessThanOrEqual(1.2);
});

function fail(): GatewayError {
  return new GatewayError('upstream.broke', 'down');
}

test('three busy ones that fail now and then by chance are never all left alone', async () => {
  const random = seededRandom(7);
  const failing: Behaviour = (nowMs) => (random() < 0.35 ? down(nowMs) : well(nowMs));
  const group = new SimulatedGroup({ a: failing, b: failing, c: failing });
  await group.load(500, 60);
  const refused = group.ended.filter(({ error }) => error?.code === 'upstream.unavailable');
  expect(refused).toHaveLength(0);
  // A tenth more questions are allowed, so about a tenth of the failures are made good.
  expect(group.answeredShare).toBeGreaterThan(0.7);
});

test('rate limits here and there don’t close a whole group', async () => {
  const random = seededRandom(8);
  const limited: Behaviour = (nowMs) =>
    random() < 0.01 ? { ms: 5, error: new GatewayError('upstream.rate-limited', 'slow down') } : well(nowMs);
  const group = new SimulatedGroup({ a: limited, b: limited, c: limited });
  await group.load(100, 60);
  expect(group.answeredShare).toBeGreaterThan(0.99);
});

test('a slow one loses its traffic, and gets it back when it is fast again', async () => {
  const fastAtMs = START_MS + 300_000;
  const slow: Behaviour = (nowMs) => ({ ms: nowMs < fastAtMs ? 3000 : 100 });
  const group = new SimulatedGroup({ fast: well, slow }, { strategy: 'latency' });
  await group.load(20, 600);
  const shareOf = (fromMs: number, toMs: number): number =>
    (group.asked.get('slow') ?? []).filter((atMs) => atMs >= fromMs && atMs < toMs).length / ((toMs - fromMs) / 50);
  expect(shareOf(START_MS + 10_000, fastAtMs)).toBeLessThan(0.02);
  expect(shareOf(fastAtMs + 120_000, fastAtMs + 300_000)).toBeGreaterThan(0.3);
});

test('turns of a session stay with one of three keys, whose load stays within 1.5 times of even', async () => {
  const group = new SimulatedGroup({ one: well, two: well, three: well }, { strategy: 'prompt-cache' });
  const sessions = 120;
  const turnsEach = 25;
  const system = 'You are a careful engineer.';
  const answered = new Map<number, (string | undefined)[]>();
  for (let index = 0; index < sessions * turnsEach; index += 1) {
    const session = index % sessions;
    const of = turn({
      ask: ask({
        messages: [
          { role: 'system', content: [{ type: 'text', text: system }] },
          { role: 'user', content: [{ type: 'text', text: `Task ${session}` }] },
          { role: 'assistant', content: [{ type: 'text', text: `Step ${index}` }] },
          { role: 'user', content: [{ type: 'text', text: 'Go on.' }] },
        ],
      }),
    });
    void group.time
      .after(index * 10)
      .then(async () => answered.set(session, [...(answered.get(session) ?? []), await group.request(of)]));
  }
  await group.time.run();
  const staying = [...answered.values()].reduce((sum, targets) => sum + mostFrequent(targets), 0);
  expect(staying / (sessions * turnsEach)).toBeGreaterThanOrEqual(0.95);
  const even = (sessions * turnsEach) / 3;
  for (const times of group.asked.values()) expect(times.length).toBeLessThanOrEqual(1.5 * even);
});

function mostFrequent(names: readonly (string | undefined)[]): number {
  return Math.max(...[...new Set(names)].map((name) => names.filter((other) => other === name).length));
}

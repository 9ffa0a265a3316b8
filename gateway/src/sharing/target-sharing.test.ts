import { expect, test } from 'vitest';
import { BREAKER_SETTINGS, handTurned, settled } from '../../test/support.ts';
import { HealthBook } from '../health/health-book.ts';
import { GatewayError } from '../model/error.ts';
import type { NotedRest, SharedBoard } from './contract.ts';
import { TargetSharing } from './target-sharing.ts';

/** Several gateways around one board that lies in memory, in one time. */
function neighbours() {
  const clock = handTurned(0);
  const listeners: ((message: string) => void)[] = [];
  const noted = new Map<string, NotedRest & { readonly untilMs: number }>();
  const state = { isUp: true };
  const told: string[] = [];
  const board = (): SharedBoard => ({
    get isUp() {
      return state.isUp;
    },
    tell: (message) => {
      if (!state.isUp) return;
      told.push(message);
      for (const listener of listeners) listener(message);
    },
    hear: (listener) => void listeners.push(listener),
    note: (target, rest) => {
      if (!state.isUp) return;
      if (rest) noted.set(target, { ...rest, untilMs: clock.nowMs() + rest.leftMs });
      else noted.delete(target);
    },
    rests: () =>
      state.isUp
        ? Promise.resolve(
            new Map([...noted].map(([id, { code, untilMs }]) => [id, { code, leftMs: untilMs - clock.nowMs() }])),
          )
        : Promise.reject(new Error('away')),
    close: () => Promise.resolve(),
  });
  const gateway = (name: string) => {
    const health = new HealthBook(BREAKER_SETTINGS);
    const sharing = new TargetSharing(
      board(),
      { tellEveryMs: 250, readEveryMs: 5000 },
      { health, deadlines: clock.deadlines, clockMs: clock.nowMs, name },
    );
    const ask = (id: string, error?: GatewayError): void => {
      const visit = health.of(id).visit(clock.nowMs());
      visit.end(error, clock.nowMs());
    };
    return { health, sharing, ask, state: (id: string) => health.of(id).breaker.state(clock.nowMs()) };
  };
  const pass = async (ms: number): Promise<void> => {
    clock.pass(ms);
    await settled();
  };
  return { gateway, pass, state, told, noted, listeners };
}

const broken = new GatewayError('upstream.broke', 'down');

test('what one gateway leaves alone the others leave alone a moment later, for as long', async () => {
  const { gateway, pass } = neighbours();
  const [a, b] = [gateway('a'), gateway('b')];
  for (let times = 0; times < 5; times += 1) a.ask('target', broken);
  expect([a.state('target'), b.state('target')]).toEqual(['open', 'closed']);
  await pass(250);
  expect(b.state('target')).toBe('open');
  expect(b.health.of('target').breaker.opened?.code).toBe('upstream.broke');
  await pass(5000);
  expect([a.state('target'), b.state('target')]).toEqual(['half-open', 'half-open']);
});

test('when one finds that it is well again, all ask it again, and nobody says what it only heard', async () => {
  const { gateway, pass, told } = neighbours();
  const [a, b] = [gateway('a'), gateway('b')];
  for (let times = 0; times < 5; times += 1) a.ask('target', broken);
  await pass(250);
  const before = told.length;
  await pass(500);
  expect(told.length).toBe(before);
  await pass(5000);
  b.ask('target');
  await pass(250);
  expect([a.state('target'), b.state('target')]).toEqual(['closed', 'closed']);
});

test('one that comes later learns what rests, and so does one that missed a message', async () => {
  const { gateway, pass, listeners } = neighbours();
  const a = gateway('a');
  const b = gateway('b');
  listeners.splice(1, 1);
  for (let times = 0; times < 5; times += 1)
    a.ask('target', new GatewayError('upstream.rate-limited', 'no', { retryAfterMs: 60_000 }));
  await pass(250);
  const late = gateway('late');
  await late.sharing.read();
  expect([late.state('target'), b.state('target')]).toEqual(['open', 'closed']);
  await pass(5000);
  expect(b.state('target')).toBe('open');
});

test('requests and tokens of others count for the minute', async () => {
  const { gateway, pass } = neighbours();
  const [a, b] = [gateway('a'), gateway('b')];
  a.ask('target');
  a.ask('target');
  a.health.of('target').spent({ tokens: 70, outputTokens: 7, stream: false, answeredMs: 1, durationMs: 1 }, 0);
  await pass(250);
  const { health } = b;
  expect([health.of('target').requestsThisMinute(250), health.of('target').tokensThisMinute(250)]).toEqual([2, 70]);
  expect(a.health.of('target').requestsThisMinute(250)).toBe(2);
  await pass(61_000);
  expect(health.of('target').requestsThisMinute(61_250)).toBe(0);
});

test('while nobody is reached each goes on by itself, and what was heard holds until it is over', async () => {
  const { gateway, pass, state } = neighbours();
  const [a, b] = [gateway('a'), gateway('b')];
  for (let times = 0; times < 5; times += 1) a.ask('target', broken);
  await pass(250);
  state.isUp = false;
  await pass(1000);
  expect(b.state('target')).toBe('open');
  b.ask('other');
  await pass(4000);
  expect(b.state('target')).toBe('half-open');
  state.isUp = true;
  b.ask('target');
  await pass(250);
  expect(a.state('target')).toBe('closed');
});

test('what isn’t ours, or makes no sense, is passed over', async () => {
  const { gateway, pass, listeners } = neighbours();
  const a = gateway('a');
  const bad = [
    'nonsense',
    '[]',
    '{"from":1,"targets":[]}',
    '{"from":"x","targets":[null,{"id":"","requests":1,"tokens":1},{"id":"t","requests":-1,"tokens":1}]}',
    '{"from":"x","targets":[{"id":"t","requests":1e99,"tokens":1}]}',
    '{"from":"x","targets":[{"id":"t","requests":0,"tokens":0,"rest":{"code":"__proto__","leftMs":5}}]}',
    '{"from":"x","targets":[{"id":"t","requests":0,"tokens":0,"rest":{"code":"upstream.broke","leftMs":-5}}]}',
  ];
  for (const text of bad) for (const listener of listeners) listener(text);
  await pass(250);
  expect([a.state('t'), a.health.of('t').requestsThisMinute(250)]).toEqual(['closed', 0]);
});

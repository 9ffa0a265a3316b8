import { expect, test } from 'vitest';
import { record } from '../../test/support.ts';
import { errorOf } from '../dialects/anthropic-messages/errors.ts';
import { replyError } from '../dialects/openai-errors.ts';
import { GatewayError } from '../model/error.ts';
import type { TurnRecord } from '../model/turn.ts';
import { openLog, type LogSettings } from './log.ts';

function opened(level: LogSettings['level'] = 'info') {
  const written: string[] = [];
  const log = openLog({ level }, { write: (text) => void written.push(text) });
  const text = (): string => (log.close(), written.join(''));
  const lines = () =>
    text()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { log, written, lines, text };
}

function lineOf(overrides: Partial<TurnRecord>): Record<string, unknown> {
  const { log, lines } = opened();
  log.turn(record(overrides));
  return lines()[0] ?? {};
}

test('a turn is one line of JSON', () => {
  expect(lineOf({})).toMatchObject({
    level: 30,
    msg: 'turn',
    requestId: 'turn-1',
    key: 'key-1',
    model: 'the-model',
    provider: 'acme',
    upstreamModel: 'upstream-model',
    status: 200,
    end: 'finished',
    durationMs: 1234.57,
    inputTokens: 11,
    outputTokens: 7,
    attempts: 1,
  });
});

test('its time is when the turn ended', () => {
  expect(lineOf({})['time']).toBe(1_700_000_001_235);
});

test('how bad it was says its level', () => {
  const failed = (error: GatewayError) => lineOf({ end: 'failed', error })['level'];
  expect(failed(new GatewayError('gateway.bug', ''))).toBe(50);
  expect(failed(new GatewayError('upstream.broke', ''))).toBe(40);
  expect(lineOf({ end: 'cancelled' })['level']).toBe(30);
});

test('what is below the level is not written, also after the level changed', () => {
  const { log, lines } = opened('warn');
  log.turn(record());
  expect(lines()).toEqual([]);
  log.logger.level = 'info';
  log.turn(record());
  expect(lines()).toHaveLength(1);
  log.logger.level = 'silent';
  log.turn(record({ end: 'failed', error: new GatewayError('gateway.bug', '') }));
  expect(lines()).toHaveLength(1);
});

test('attempts that failed are named by who and what', () => {
  const error = new GatewayError('upstream.overloaded', 'CANARY');
  const attempts = [
    { target: 'a/m', provider: 'a', model: 'm', fallback: 0, ms: 1, error },
    { target: 'b/m', provider: 'b', model: 'm', fallback: 1, ms: 1, error: undefined },
  ];
  expect(lineOf({ attempts })).toMatchObject({ failures: ['a upstream.overloaded'], fallback: 1, attempts: 2 });
});

test('no prompt, no answer and no key stand in the log, whatever the provider repeats', () => {
  const { log, text } = opened('trace');
  const refused = new GatewayError('upstream.refused', 'You said: CANARY-prompt', {
    status: 400,
    quoted: true,
    cause: new Error('CANARY-cause'),
    upstreamType: 'CANARY-type',
  });
  const wire = { message: 'You said: CANARY-prompt', type: 'server_error' };
  const inStream = [replyError(wire), errorOf({ type: 'error', error: wire })];
  const attempts = [{ target: 'a/m', provider: 'a', model: 'm', fallback: 0, ms: 1, error: refused }];
  log.turn(record({ end: 'failed', error: refused, attempts, status: 400 }));
  for (const error of inStream) log.turn(record({ end: 'failed', error }));
  expect(text()).not.toContain('CANARY');
  expect(text()).toContain('upstream.refused');
});

test('our own words are written, since they say what to do', () => {
  const error = new GatewayError('upstream.timeout', 'acme sent nothing for 9 ms (idle timer).');
  expect(lineOf({ end: 'failed', error })['error']).toMatchObject({
    message: 'acme sent nothing for 9 ms (idle timer).',
  });
});

test('what a caller writes can’t break a line', () => {
  const { log, lines } = opened();
  log.turn(record({ model: 'a"\n{"level":50,"msg":"forged"}\u001b[31m', tags: ['\r\nforged'] }));
  expect(lines()).toHaveLength(1);
});

test('a fault of ours is written with its stack, under the request id', () => {
  const { log, lines } = opened();
  log.bug('turn-9', new TypeError('oops'));
  expect(lines()[0]).toMatchObject({ level: 50, requestId: 'turn-9', err: { type: 'TypeError', message: 'oops' } });
  expect(JSON.stringify(lines()[0])).toContain('log.test.ts');
});

test('turns wait a little to be written together, but not when there are many', () => {
  const { log, written } = opened();
  log.turn(record());
  expect(written).toEqual([]);
  for (let at = 0; at < 1000; at += 1) log.turn(record());
  expect(written.length).toBeGreaterThan(1);
  expect(written.length).toBeLessThan(20);
  log.close();
  expect(written.join('').match(/"turn"/g)).toHaveLength(1001);
});

test('a log may be closed twice', () => {
  const { log } = opened();
  log.close();
  expect(() => log.close()).not.toThrow();
});

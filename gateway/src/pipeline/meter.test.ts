import { expect, test } from 'vitest';
import { USAGE } from '../../test/support.ts';
import { Cancellation } from '../model/cancellation.ts';
import { GatewayError } from '../model/error.ts';
import type { ReplyEvent } from '../model/reply.ts';
import { failedOutcome, Meter } from './meter.ts';

const finish: ReplyEvent = { type: 'finish', choice: 0, reason: 'stop' };
const end: ReplyEvent = { type: 'end' };
const usage: ReplyEvent = { type: 'usage', usage: USAGE };
const broke = new GatewayError('upstream.broke', 'cut');

function having(...events: readonly ReplyEvent[]): Meter {
  const meter = new Meter({ requestBytes: 400 });
  for (const event of events) meter.see(event);
  return meter;
}

test('the provider’s own numbers count, the last ones', () => {
  const meter = having({ type: 'usage', usage: { inputTokens: 1, outputTokens: 1 } }, usage, finish, end);
  expect(meter.outcome('finished')).toEqual({
    end: 'finished',
    usage: USAGE,
    usageEstimated: false,
    error: undefined,
    blind: false,
  });
});

test('without them the gateway estimates, and says so', () => {
  const meter = having();
  meter.count(3);
  meter.count(2);
  expect(meter.outcome('cancelled')).toMatchObject({
    usage: { inputTokens: 100, outputTokens: 5 },
    usageEstimated: true,
    end: 'cancelled',
  });
});

test('nothing said is nothing used', () => {
  expect(having().outcome('cancelled')).toMatchObject({ usage: undefined, usageEstimated: false });
});

test('an error makes a turn failed, except one that was cancelled', () => {
  const meter = having({ type: 'error', error: broke });
  expect(meter.outcome('finished')).toMatchObject({ end: 'failed', error: broke });
  expect(meter.outcome('cancelled').end).toBe('cancelled');
});

test('a reply that stops without saying so was cut short', () => {
  expect(having(usage).cutShort()?.code).toBe('upstream.broke');
  expect(having(finish).cutShort()).toBeUndefined();
  expect(having(end).cutShort()).toBeUndefined();
  expect(having({ type: 'error', error: broke }).cutShort()).toBeUndefined();
});

test('what nobody could read is not called cut short', () => {
  const meter = having();
  meter.goBlind();
  expect(meter.cutShort()).toBeUndefined();
  expect(meter.outcome('finished').blind).toBe(true);
});

test('an end mark is missed only when the reply did finish', () => {
  expect([having(), having(finish), having(finish, end)].map((meter) => meter.lacksEndMark)).toEqual([
    false,
    true,
    false,
  ]);
});

test('a turn is cancelled when its caller went away, and failed for every other reason', () => {
  const gone = new GatewayError('request.cancelled', 'gone');
  const over = new Cancellation();
  expect(failedOutcome(having(), gone, over).end).toBe('failed');
  over.cancel(gone);
  expect(failedOutcome(having(), gone, over).end).toBe('cancelled');
  expect(failedOutcome(having(), broke, over)).toMatchObject({ end: 'failed', error: broke });
});

test('of several answers every one must finish, unless the provider says that all is over', () => {
  const meter = new Meter({ requestBytes: 0, choiceCount: 2 });
  meter.see(finish);
  expect(meter.cutShort()).toMatchObject({ code: 'upstream.broke' });
  meter.see({ type: 'finish', choice: 1, reason: 'stop' });
  expect(meter.cutShort()).toBeUndefined();
  const ended = new Meter({ requestBytes: 0, choiceCount: 2 });
  ended.see(end);
  expect(ended.cutShort()).toBeUndefined();
});

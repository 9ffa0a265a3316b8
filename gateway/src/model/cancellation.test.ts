import { expect, test } from 'vitest';
import { Cancellation } from './cancellation.ts';
import { GatewayError } from './error.ts';

const gone = new GatewayError('request.cancelled', 'The caller went away.');
const late = new GatewayError('upstream.timeout', 'Too late.');

test('everybody who listens hears the reason once, and a second reason is ignored', () => {
  const cancellation = new Cancellation();
  const heard: GatewayError[] = [];
  cancellation.on((reason) => heard.push(reason));
  cancellation.on((reason) => heard.push(reason));
  cancellation.cancel(gone);
  cancellation.cancel(late);
  expect(heard).toEqual([gone, gone]);
  expect(cancellation.reason).toBe(gone);
});

test('who listens too late hears it at once, and who left hears nothing', () => {
  const cancellation = new Cancellation();
  const heard: string[] = [];
  const leaver = () => heard.push('leaver');
  cancellation.on(leaver);
  cancellation.off(leaver);
  expect(cancellation.listening).toBe(0);
  cancellation.cancel(gone);
  cancellation.on(({ code }) => heard.push(code));
  expect(heard).toEqual(['request.cancelled']);
});

test('the signal for libraries aborts with the reason, whether it was asked for before or after', () => {
  const before = new Cancellation();
  const { signal } = before;
  before.cancel(gone);
  expect([signal.aborted, signal.reason]).toEqual([true, gone]);
  const after = new Cancellation();
  after.cancel(late);
  expect(after.signal.reason).toBe(late);
});

import { expect, test } from 'vitest';
import { handTurned, settled } from '../../test/support.ts';
import { regularly } from './regularly.ts';

test('the next time comes after the last one is over, and none after the end', async () => {
  const clock = handTurned(0);
  let begun = 0;
  let finish: () => void = () => undefined;
  const work = (): Promise<void> => {
    begun += 1;
    return new Promise((resolve) => (finish = resolve));
  };
  const end = regularly(work, 100, clock.deadlines);
  clock.pass(100);
  clock.pass(500); // it is still at it
  expect(begun).toBe(1);
  finish();
  await settled();
  clock.pass(100);
  expect(begun).toBe(2);
  end();
  finish();
  await settled();
  clock.pass(1000);
  expect([begun, clock.waiting.size]).toEqual([2, 0]);
});

test('without an interval nothing is ever done', () => {
  const clock = handTurned(0);
  regularly(() => Promise.reject(new Error('no')), undefined, clock.deadlines)();
  expect(clock.waiting.size).toBe(0);
});

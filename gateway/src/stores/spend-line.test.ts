import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SpendRow } from './contract.ts';
import { reservationLine, reservationOfLine, spendLine, spendOfLine } from './spend-line.ts';

const text = fc.string({ unit: 'binary' });
const maybe = fc.option(text, { nil: undefined });
const whole = fc.nat(1_000_000_000);
const row: fc.Arbitrary<SpendRow> = fc.record({
  requestId: text,
  keyId: text,
  userId: maybe,
  periodStart: whole,
  model: text,
  provider: maybe,
  upstreamModel: maybe,
  inputTokens: whole,
  outputTokens: whole,
  cacheReadTokens: whole,
  cacheWriteTokens: whole,
  costNanousd: whole,
  estimated: fc.boolean(),
  note: maybe,
  status: whole,
  stream: fc.boolean(),
  tags: fc.array(text, { maxLength: 3 }),
  startedAt: whole,
  endedAt: whole,
});

test('a turn’s cost is the same after it was written and read', () => {
  fc.assert(
    fc.property(row, (spent) => {
      expect(spendOfLine(JSON.parse(spendLine(spent)))).toEqual(spent);
    }),
  );
});

test('so is what was held back for it', () => {
  const held = fc.record({ turnId: text, keyId: text, periodStart: whole, nanousd: whole, at: whole });
  fc.assert(
    fc.property(held, (reservation) => {
      expect(reservationOfLine(JSON.parse(reservationLine(reservation)))).toEqual(reservation);
    }),
  );
});

test('a line of another length isn’t guessed at', () => {
  expect(() => reservationOfLine(['only', 'two'])).toThrow('no reservation');
  expect(() => spendOfLine(['only', 'two'])).toThrow('no line of spend');
  expect(() => spendOfLine({ requestId: 'r' })).toThrow('no line of spend');
});

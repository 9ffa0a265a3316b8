import { assert, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { logTexts } from '../../../test/log-texts.ts';
import { logTemplate } from './log-template.ts';

function folded(...lines: readonly string[]): readonly string[] {
  return logTemplate.compress(lines.join('\n'))?.split('\n') ?? [];
}

const start = (second: number) => `2026-11-23 10:00:${second}`;

test('most logs are folded at all', () => {
  let count = 0;
  assert(
    property(logTexts, (text) => {
      if (logTemplate.compress(text) !== undefined) count += 1;
    }),
    { numRuns: 300 },
  );
  expect(count).toBeGreaterThan(200);
});

describe('what a folded log looks like', () => {
  const lines = Array.from({ length: 4 }, (_, at) => [
    `${start(20 + at)} INFO open file=${100 + at} by job-7`,
    `${start(20 + at)} WARN slow disk blk_${at}9`,
  ]).flat();

  test('each kind of line stands once, then what differs, in the order of the log', () => {
    expect(folded(...lines).slice(1)).toEqual([
      '<t> INFO open file=<1> by job-7',
      '<t> WARN slow disk blk_<1>',
      '1|=2026-11-23 10:00:20|100',
      '2||09',
      '1|21|101',
      '2||19',
      '1|22|102',
      '2||29',
      '1|23|103',
      '2||39',
    ]);
  });

  test('the first line says how to read it', () => {
    expect(folded(...lines)[0]).toMatch(/^\[Log, folded: 2 line templates, then .*<t> <1>.*\]$/);
  });

  test('a line that is like no other stands whole', () => {
    expect(folded(...lines, '', 'Traceback (most recent call last):').slice(-2)).toEqual([
      '',
      '|Traceback (most recent call last):',
    ]);
  });

  test('a value that stands twice in every line is said once, one that stays the same is not said again', () => {
    const twice = [1, 1, 2, 2, 3, 3, 4, 4].map((at) => `${start(30)} INFO copy ${at}0 to ${at}0.bak size ${at}0`);
    expect(folded(...twice).slice(1)).toEqual([
      '<t> INFO copy <1> to <1>.bak size <1>',
      '1|=2026-11-23 10:00:30|10',
      '1',
      '1||20',
      '1',
      '1||30',
      '1',
      '1||40',
      '1',
    ]);
  });

  test('addresses and numbers stay whole', () => {
    const whole = Array.from({ length: 8 }, (_, at) => `${start(10)} INFO from 10.0.0.${at} took 100${at}ms`);
    expect(folded(...whole).slice(2, 4)).toEqual(['1|=2026-11-23 10:00:10|10.0.0.0|1000ms', '1||10.0.0.1|1001ms']);
  });

  test('marks are others where the log has such itself', () => {
    const marked = Array.from({ length: 8 }, (_, at) => `${start(10)} INFO <1> {2} a;${at} |${at}|`);
    expect(folded(...marked)[1]).toBe('⟨t⟩ INFO <1> {2} a;⟨1⟩ |⟨1⟩|');
  });
});

test.each([
  ['prose', Array.from({ length: 20 }, (_, at) => `It was the best of times, it was the worst of times, no. ${at}.`)],
  ['code', Array.from({ length: 20 }, (_, at) => `  const value${at} = compute(${at});`)],
  ['a few lines', [`${start(10)} INFO a`, `${start(11)} INFO b`]],
  ['lines without end', Array.from({ length: 10 }, (_, at) => `${start(10)} INFO ${`${at}x `.repeat(5_000)}`)],
])('%s is left alone', (_, lines) => expect(logTemplate.compress(lines.join('\n'))).toBeUndefined());

test('long lines of dots and digits take no more time than their length says', () => {
  const lines = Array.from(
    { length: 2_000 },
    (_, at) => `${start(10)} INFO ${'.'.repeat(3_000)}${at} ${'1.'.repeat(500)}${at}`,
  );
  const startedAtMs = performance.now();
  logTemplate.compress(lines.join('\n'));
  expect(performance.now() - startedAtMs).toBeLessThan(5_000);
});

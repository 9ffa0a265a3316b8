import { describe, expect, test } from 'vitest';
import { filesUnder } from '../../test/rules/sources.ts';
import { GUARD_CATEGORIES } from '../model/guard.ts';
import { MATCH_CHARACTERS_MAX, scoreOf } from './contract.ts';
import { GUARD_EXAMPLES } from './examples.suite.ts';
import { guards } from './index.ts';

const THRESHOLD = 0.5;
const BY_LENGTH = new Set<string>(['secrets', 'private-data']);

test('every category has its guard, under its own name', () => {
  expect(Object.keys(guards)).toEqual([...GUARD_CATEGORIES]);
  for (const category of GUARD_CATEGORIES) expect(guards[category].category).toBe(category);
});

describe.each(GUARD_CATEGORIES)('%s', (category) => {
  const { judge } = guards[category];
  const { seen, left } = GUARD_EXAMPLES[category];

  test.each(seen)('sees %s', (text) => expect(scoreOf(judge(text))).toBeGreaterThanOrEqual(THRESHOLD));

  test.each(left)('leaves %s', (text) => expect(scoreOf(judge(text))).toBeLessThan(THRESHOLD));

  test('sees it in capitals, and in the middle of a long text', () => {
    const [first = ''] = seen;
    const around = 'The weather was fine, and the code compiled. '.repeat(50);
    expect(scoreOf(judge(`${around}${first} ${around}`))).toBeGreaterThanOrEqual(THRESHOLD);
    if (!BY_LENGTH.has(category)) expect(scoreOf(judge(first.toUpperCase()))).toBeGreaterThanOrEqual(THRESHOLD);
  });

  test('finds pieces short enough for a stream’s window', () => {
    if (BY_LENGTH.has(category)) return;
    for (const { start, end } of seen.flatMap((text) => judge(text))) {
      expect(end).toBeGreaterThan(start);
      expect(end - start).toBeLessThanOrEqual(MATCH_CHARACTERS_MAX);
    }
  });

  test.each(['a ', 'ignore ', 'how to make ', 'you are ', 'i want to ', '![](http://', 'do not tell the ', '\n '])(
    '100 000 characters of "%s" take no time to speak of',
    (piece) => {
      const text = piece.repeat(Math.ceil(100_000 / piece.length));
      const before = process.cpuUsage();
      judge(text);
      const { user, system } = process.cpuUsage(before);
      expect((user + system) / 1000).toBeLessThan(500);
    },
  );
});

test('weak signs near each other add up, and the same one twice doesn’t', () => {
  const hit = (rule: string, score: number, start = 0) => ({ start, end: start + 1, rule, score });
  expect(scoreOf([])).toBe(0);
  expect(scoreOf([hit('a', 0.4), hit('a', 0.4)])).toBeCloseTo(0.4);
  expect(scoreOf([hit('a', 0.4), hit('b', 0.4)])).toBeCloseTo(0.64);
  expect(scoreOf([hit('a', 0.4), hit('b', 0.4, 9000)])).toBeCloseTo(0.4);
});

test('of the files of this program, the guards of words object to none', () => {
  const programs = filesUnder('gateway/src', ['.ts']).filter(
    ({ path }) => !/\.(test|suite)\.ts$|src\/guards\//.test(path),
  );
  const pages = filesUnder('docs/reference', ['.md']);
  const judged = GUARD_CATEGORIES.filter((category) => !BY_LENGTH.has(category));
  const objections = [...programs, ...pages].flatMap(({ path, text }) =>
    judged
      .filter((category) => scoreOf(guards[category].judge(text)) >= THRESHOLD)
      .map((category) => `${category} ${path}`),
  );
  expect(objections).toEqual([]);
});

import { expect, test } from 'vitest';
import { failureOf } from '../../test/support.ts';
import { DEFAULT_KEYWORD_SETTINGS, DEFAULT_PATTERNS, type KeywordLimits, type KeywordPattern } from './pattern.ts';
import { PatternBook } from './pattern-book.ts';
import { forgetful, type KeywordChanges, NO_CHANGES, type PatternStore } from './pattern-store.ts';

const LIMITS: KeywordLimits = { patternsMax: 10, patternCharactersMax: 1000, textCharactersMax: 200, matchMs: 50 };
const pattern = (overrides: Partial<KeywordPattern> = {}): KeywordPattern => ({
  name: 'greeting',
  pattern: 'hello (?P<who>\\w+)',
  tool: 'greet',
  description: 'Greets.',
  priority: 50,
  requiredRole: 'basic',
  enabled: true,
  ...overrides,
});

interface Given {
  readonly patterns?: readonly KeywordPattern[];
  readonly settings?: object;
  readonly limits?: Partial<KeywordLimits>;
  readonly changes?: KeywordChanges;
  readonly store?: PatternStore;
  readonly clockMs?: () => number;
}

const groundOf = ({ patterns = [pattern()], settings, limits }: Given) => ({
  patterns,
  settings: { ...DEFAULT_KEYWORD_SETTINGS, detection: true, ...settings },
  limits: { ...LIMITS, ...limits },
});
const bookOf = (given: Given = {}) =>
  new PatternBook(groundOf(given), given.changes ?? NO_CHANGES, given.store ?? forgetful, given.clockMs ?? (() => 0));
const names = (book: PatternBook, text: string, may = () => true) =>
  [...book.matches(text, may)].map(({ pattern: { name } }) => name);

test('a message is matched, and what was caught is told', () => {
  const [match] = [...bookOf().matches('Hello Ada!', () => true)];
  expect(match).toMatchObject({ pattern: { tool: 'greet' }, caught: { named: { who: 'Ada' } } });
});

test('patterns are tried by their priority', () => {
  const patterns = [pattern({ name: 'low', priority: 1 }), pattern({ name: 'high', priority: 99 }), pattern()];
  expect(names(bookOf({ patterns }), 'hello Ada')).toEqual(['high', 'greeting', 'low']);
});

test('a pattern that is off, or not for this caller, is not tried', () => {
  expect(names(bookOf({ patterns: [pattern({ enabled: false })] }), 'hello Ada')).toEqual([]);
  expect(names(bookOf(), 'hello Ada', () => false)).toEqual([]);
});

test('a pattern must cover as much of the message as the threshold says', () => {
  const text = 'Could you please say hello Ada to her?';
  expect(names(bookOf(), text)).toEqual([]);
  expect(names(bookOf({ settings: { detectionThreshold: 0.2 } }), text)).toEqual(['greeting']);
});

test('long messages are not searched, and a slow search is given up', () => {
  expect(names(bookOf({ settings: { detectionThreshold: 0 } }), `hello ${'a'.repeat(200)}`)).toEqual([]);
  let nowMs = 0;
  const patterns = ['a', 'b', 'c'].map((name) => pattern({ name }));
  expect(names(bookOf({ patterns, clockMs: () => (nowMs += 20) }), 'hello Ada')).toEqual(['a', 'b']);
});

test('with detection off nothing is matched', () => {
  expect(names(bookOf({ settings: { detection: false } }), 'hello Ada')).toEqual([]);
});

test('changes hold at once, and are kept', async () => {
  const kept: KeywordChanges[] = [];
  const book = bookOf({ store: { write: (changes) => Promise.resolve(void kept.push(changes)) } });
  await book.add(pattern({ name: 'second', pattern: 'good morning' }));
  await book.update('greeting', { priority: 99, enabled: false });
  await book.updateSettings({ detectionThreshold: 0.9 });
  expect([names(book, 'good morning'), names(book, 'hello Ada')]).toEqual([['second'], []]);
  await book.remove('second');
  expect(names(book, 'good morning')).toEqual([]);
  const again = bookOf({ changes: kept.at(-1) ?? NO_CHANGES });
  expect([again.patterns, again.settings]).toEqual([book.patterns, book.settings]);
});

test('a change that can’t be kept doesn’t hold, and the next one can', async () => {
  let fails = true;
  const write = () => (fails ? Promise.reject(new Error('disk full')) : Promise.resolve());
  const book = bookOf({ store: { write } });
  await expect(book.updateSettings({ detection: false })).rejects.toThrow('disk full');
  expect(book.settings.detection).toBe(true);
  fails = false;
  await book.updateSettings({ detection: false });
  expect(book.settings.detection).toBe(false);
});

test('changes that come together lose nothing', async () => {
  const book = bookOf({ patterns: [] });
  await Promise.all(['a', 'b', 'c'].map((name) => book.add(pattern({ name }))));
  expect(book.patterns).toHaveLength(3);
});

test.each([
  ['a pattern that is there', (book: PatternBook) => book.add(pattern()), 'pattern.exists'],
  ['a pattern that isn’t there', (book: PatternBook) => book.update('nope', {}), 'pattern.unknown'],
  ['a pattern that isn’t there', (book: PatternBook) => book.remove('__proto__'), 'pattern.unknown'],
  ['a bad regex', (book: PatternBook) => book.update('greeting', { pattern: '(' }), 'request.invalid'],
  ['a bad regex', (book: PatternBook) => book.add(pattern({ name: 'x', pattern: '(?=a)' })), 'request.invalid'],
])('%s is refused, and nothing is kept', async (_, change, code) => {
  const kept: unknown[] = [];
  const book = bookOf({ store: { write: (changes) => Promise.resolve(void kept.push(changes)) } });
  expect((await failureOf(change(book))).code).toBe(code);
  expect([kept, book.patterns]).toEqual([[], [pattern()]]);
});

test('there are no more patterns than allowed', async () => {
  const book = bookOf({ limits: { patternsMax: 1 } });
  expect((await failureOf(book.add(pattern({ name: 'second' })))).message).toContain('keywords.patternsMax');
});

test('another ground lies under the same changes, or is refused whole', async () => {
  const book = bookOf();
  await book.update('greeting', { priority: 7 });
  book.prepareGround(groundOf({ patterns: [pattern(), pattern({ name: 'new' })] }))();
  expect(book.patterns.map(({ name, priority }) => [name, priority])).toEqual([
    ['new', 50],
    ['greeting', 7],
  ]);
  expect(() => book.prepareGround(groundOf({ patterns: [pattern({ name: 'bad', pattern: '(' })] }))).toThrow(
    'can’t be used',
  );
  expect(book.patterns).toHaveLength(2);
});

test.each([
  ['What is the weather in New York?', 'weather_query', { location: 'New York' }],
  ['what’s the weather like in Paris', 'weather_query', { location: 'Paris' }],
  ['Tell me the forecast for Oslo', 'weather_query', { location: 'Oslo' }],
  ['Search for usages of foo', 'web_search_query', { query: 'usages of foo' }],
  ['Calculate 15% of 85.50', 'calculator_query', { expression: '15% of 85.50' }],
  ['What is 2 + 2?', 'calculator_query', { expression: '2 + 2' }],
  ['find in my files for invoices', 'file_search_query', { query: 'invoices' }],
])('switched on, the patterns that come along know %s', (text, name, named) => {
  const [match] = [...bookOf({ patterns: DEFAULT_PATTERNS }).matches(text, () => true)];
  expect(match).toMatchObject({ pattern: { name }, caught: { named } });
});

test.each(['What is love?', 'Search Python docs', 'Find the bug', 'Research is hard', 'Explain this code'])(
  'switched on, they leave %s alone',
  (text) => expect(names(bookOf({ patterns: DEFAULT_PATTERNS }), text)).toEqual([]),
);

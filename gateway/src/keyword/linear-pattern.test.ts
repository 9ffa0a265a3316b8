import fc from 'fast-check';
import { expect, test } from 'vitest';
import { failureOf } from '../../test/support.ts';
import { linearPattern } from './linear-pattern.ts';

const CHARACTERS_MAX = 1000;
const find = (pattern: string, text: string) => linearPattern(pattern, CHARACTERS_MAX).find(text);

test.each([
  ['Python’s named groups', '(?P<city>\\w+) weather', 'Oslo weather', { named: { city: 'Oslo' }, numbered: [] }],
  ['JavaScript’s named groups', '(?<city>\\w+) weather', 'Oslo weather', { named: { city: 'Oslo' }, numbered: [] }],
  ['groups without a name', '(\\w+) (weather)', 'Oslo weather', { named: {}, numbered: ['Oslo', 'weather'] }],
  ['both', '(?P<a>x)(y)', 'xy', { named: { a: 'x' }, numbered: ['y'] }],
  ['a group that caught nothing', '(?P<a>x)|(?P<b>y)', 'y', { named: { b: 'y' } }],
  ['any case', 'WEATHER', 'the weather', { begin: 4, end: 11 }],
  ['inline flags', '(?i)weather', 'Weather', { begin: 0 }],
])('%s', (_, pattern, text, caught) => expect(find(pattern, text)).toMatchObject(caught));

test('where nothing fits nothing is caught', () => expect(find('a+b', 'aaa')).toBeUndefined());

test.each([
  ['(a', 'missing closing )'],
  ['abc[z-a]', 'position 4: z-a'],
  ['x(?=y)', 'position 1: (?='],
  ['(?<!y)x', 'Look-around'],
  ['(a)\\1', 'position 3: \\1'],
  ['(?P<a>x)(?P=a)', 'position 8'],
  ['*', 'missing argument'],
  ['a{5000}', 'repeat'],
  ['((a{100}){100}){10}', 'repeat'],
  ['(\\w{900})'.repeat(20), 'repeats too much'],
  ['a'.repeat(1001), 'longer than 1000'],
  ['  ', 'empty'],
])('%s is refused, and says why', async (pattern, words) => {
  const error = await failureOf(() => linearPattern(pattern, CHARACTERS_MAX));
  expect([error.code, error.details.param, error.message]).toEqual([
    'request.invalid',
    'pattern',
    expect.stringContaining(words),
  ]);
});

test.each([
  '(a+)+$',
  '(a|a)*$',
  '(a|aa)+$',
  '(.*a){20}$',
  '(?:a?){50}a{50}$',
  '([a-z]+)*[0-9]',
  '(?:(?:a{0,6}){0,6}){0,6}b',
])('%s, which hangs others, ends soon', (pattern) => {
  const startMs = performance.now();
  find(pattern, `${'a'.repeat(2000)}!`);
  expect(performance.now() - startMs).toBeLessThan(1000);
});

test('whatever is typed is compiled or refused', () => {
  const typed = fc.stringMatching(/^[ab()[\]{}*+?|^$.\\,0-9PdwsZz<>=!:-]{1,40}$/);
  fc.assert(
    fc.property(typed, (pattern) => {
      try {
        linearPattern(pattern, CHARACTERS_MAX).find('aabb12 <P> aa');
      } catch (thrown) {
        expect(thrown).toMatchObject({ code: 'request.invalid' });
      }
    }),
    { numRuns: 1000 },
  );
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failureOf, toolContext } from '../../../test/support.ts';
import { calculator } from './calculator.ts';

const calculate = async (expression: string) => calculator().run({ expression }, toolContext());
const text = async (expression: string) => (await calculate(expression)).text;

test.each([
  ['15% of 85.50', '12.825'],
  ['Calculate 15% of 85.50 + 25', '37.825'],
  ['Calculate 15% of 85.50', '12.825'],
  ['2+2*5', '12'],
  ['-3+5', '2'],
  ['2*-3', '-6'],
  ['2^10', '1024'],
  ['2**10', '1024'],
  ['2^3^2', '512'],
  ['-2^2', '-4'],
  ['1e5 + 1', '100001'],
  ['0.1 + 0.2', '0.3'],
  ['1/3*3', '1'],
  ['1/3', '0.333333333333333'],
  ['(1+2)*(3+4)', '21'],
  ['2(3+4)', '14'],
  ['17 % 5', '2'],
  ['17 mod 5', '2'],
  ['50%', '0.5'],
  ['200 + 10%', '220'],
  ['200 - 10%', '180'],
  ['10% + 20%', '0.3'],
  ['5!', '120'],
  ['What is 7 times 8?', '56'],
  ['what’s the square root of 16', '4'],
  ['square root of 16', '4'],
  ['5 squared plus 2 cubed', '33'],
  ['10 divided by 4', '2.5'],
  ['1,234.5 × 2', '2469'],
  ['max(1,200)', '200'],
  ['max(1, 2, 3) + min(4, 5)', '7'],
  ['round(2.345, 2)', '2.35'],
  ['sqrt 16 + 1', '5'],
  ['2 pi', '6.28318530717959'],
  ['12345678901234567890 + 1', '12345678901234567891'],
  ['please compute 6 x 7 please.', '42'],
  ['how much is 20 percent of 50', '10'],
  ['100 =', '100'],
])('%s is %s', async (expression, expected) => {
  expect(await text(expression)).toBe(expected);
});

test.each([
  ['5 km in miles', '3.10685596118667 mi'],
  ['convert 72 F to C', '22.2222222222222 °C'],
  ['100 celsius to fahrenheit', '212 °F'],
  ['-40 C in F', '-40 °F'],
  ['3 kg + 200 g', '3.2 kg'],
  ['10 in to cm', '25.4 cm'],
  ['10 ft in in', '120 in'],
  ['2 h + 30 min in min', '150 min'],
  ['15% of 80 kg', '12 kg'],
  ['10 km / 2', '5 km'],
  ['10 km / 2 km', '5'],
  ['100 km/h in mph', '62.1371192237334 mph'],
  ['36 km/h in m/s', '10 m/s'],
  ['2 * 3 GB in MB', '6000 MB'],
])('%s is %s', async (expression, expected) => expect(await text(expression)).toBe(expected));

test('a program gets the value, the unit and the steps', async () => {
  expect((await calculate('15% of 85.50 + 25')).result).toEqual({
    value: 37.825,
    exact: '37.825',
    expression: '15% of 85.50 + 25',
    steps: ['15% of 85.5 = 12.825', '12.825 + 25 = 37.825'],
  });
  expect((await calculate('1 km in m')).result).toMatchObject({ value: 1000, unit: 'm' });
});

describe('what can’t be calculated is refused, in words', () => {
  test.each([
    ['', 'parameters.expression'],
    ['x'.repeat(501), 'parameters.expression'],
  ])('%o by its length', async (expression, param) => {
    expect((await failureOf(calculate(expression))).details.param).toBe(param);
  });

  test.each([
    ['1/0', 'divide by zero'],
    ['5 mod 0', 'divide by zero'],
    ['sqrt(-1)', 'no value'],
    ['ln(0)', 'too large'],
    ['9^9^9^9', 'too large'],
    ['171!', 'factorial'],
    ['2.5!', 'factorial'],
    ['sin(1e9)', 'Angles'],
    ['2 +', 'ends too early'],
    ['* 2', 'missing before "*"'],
    ['(2', 'closing bracket'],
    ['2)', 'doesn’t understand'],
    ['2 3', 'operator is missing'],
    ['1.2.3', 'can’t read'],
    ['love', 'doesn’t know "love"'],
    ['5 km + 3 kg', 'don’t go together'],
    ['5 km + 3', 'don’t go together'],
    ['5 km in kg', 'can’t be converted'],
    ['5 in km', 'can’t be converted'],
    ['5 km * 3 km', 'no unit known'],
    ['20 C + 5 C', 'Temperatures'],
    ['sqrt(1,2,3)', 'takes 1 numbers'],
    ['2 ^ 5 km', 'plain number'],
    ['constructor', 'doesn’t know'],
    ['__proto__', 'can’t read'],
    ['toString()', 'doesn’t know'],
    ['this.constructor("return 1")()', 'can’t read'],
    ['a = 1; a', 'can’t read'],
    ['('.repeat(100), 'nested deeper'],
    ['-'.repeat(100), 'nested deeper'],
    [`1${'+1'.repeat(150)}`, 'more than 200'],
  ])('%s', async (expression, words) => {
    const { code, message } = await failureOf(calculate(expression));
    expect([code, message]).toEqual(['tool.rejected', expect.stringContaining(words)]);
  });
});

test('nothing that can be typed makes it fail in another way', async () => {
  const typed = fc.stringMatching(/^[0-9a-z+*/^%!(),. -]{1,80}$/);
  await fc.assert(
    fc.asyncProperty(typed, async (expression) => {
      const result: unknown = await calculate(expression).catch((thrown: unknown) => thrown);
      const code = result instanceof Error ? (result as { code?: string }).code : undefined;
      expect([undefined, 'tool.rejected', 'request.invalid']).toContain(code);
    }),
    { numRuns: 500 },
  );
});

test('sums of cents are exact', async () => {
  const cents = fc.integer({ min: 0, max: 1_000_000 });
  await fc.assert(
    fc.asyncProperty(cents, cents, async (a, b) => {
      const total = a + b;
      const shown = `${Math.floor(total / 100)}.${String(total % 100).padStart(2, '0')}`;
      const dollars = (amount: number) => `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, '0')}`;
      expect(Number(await text(`${dollars(a)} + ${dollars(b)}`))).toBe(Number(shown));
    }),
  );
});

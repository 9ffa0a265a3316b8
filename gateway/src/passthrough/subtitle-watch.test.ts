import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SubtitleWatch } from './subtitle-watch.ts';

function seconds(text: string, cuts: readonly number[] = []): number | undefined {
  const watch = new SubtitleWatch();
  const bytes = Buffer.from(text);
  let from = 0;
  for (const end of [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b)) {
    watch.push(bytes.subarray(from, end));
    from = end;
  }
  return watch.seconds;
}

const SRT =
  '1\n00:00:00,000 --> 00:00:04,100\nHallo, wörld\n\n2\n00:00:04,100 --> 01:02:03,250\nat 9 --> 99:99:99,999\n';
const VTT = 'WEBVTT\r\n\r\n00:00.000 --> 00:12.500 align:start\r\nHi\r\n\r\n00:12.500 --> 01:15.040\r\nBye\r\n';

test('the end of the last subtitle is found wherever the text is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 12 }), (cuts) => {
      expect(seconds(SRT, cuts)).toBe(3723.25);
      expect(seconds(VTT, cuts)).toBe(75.04);
    }),
  );
});

test('an order of their own changes nothing', () => {
  expect(seconds('00:00:09,000 --> 00:00:10,000\na\n\n00:00:01,000 --> 00:00:02,000\nb\n')).toBe(10);
});

test.each([
  '',
  'Only words.',
  'he said: 00:00:01,000 --> 00:00:02,000',
  `${'x'.repeat(200)}\n`,
  '00:00:01,000 -> 00:00:02,000',
])('plain text says no time: %j', (text) => expect(seconds(text)).toBeUndefined());

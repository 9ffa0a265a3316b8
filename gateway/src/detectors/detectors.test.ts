import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PRIVATE_KINDS } from '../model/privacy.ts';
import { type Detector, traitsOf } from './contract.ts';
import { EXAMPLES } from './examples.suite.ts';
import { detectors } from './index.ts';

/** The text with what was found between marks. */
function marked({ find }: Detector, text: string): string {
  const spans = [...find(text)].sort((a, b) => a.start - b.start || b.end - a.end);
  const outer = spans.filter(({ end }, at) => !spans.slice(0, at).some((other) => other.end >= end));
  const seen = outer.reduceRight(
    (so, { start, end }) => `${so.slice(0, start)}«${so.slice(start, end)}»${so.slice(end)}`,
    text,
  );
  return seen;
}

test('every kind has its one detector', () => {
  expect(detectors.map(({ kind }) => kind).toSorted()).toEqual([...PRIVATE_KINDS].toSorted());
  expect(new Set(detectors.map(({ word }) => word)).size).toBe(detectors.length);
  for (const { word } of detectors) expect(word).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
});

describe.each(detectors)('$kind', (detector) => {
  const { found, left } = EXAMPLES[detector.kind];

  test.each(found)('finds %s', (example) => expect(marked(detector, example.replaceAll(/[«»]/g, ''))).toBe(example));

  test.each(left)('leaves %s', (example) => expect(marked(detector, example)).toBe(example));

  test('is asked about every text in which it finds something', () => {
    for (const example of found) expect(traitsOf(example) & detector.needs).toBe(detector.needs);
  });

  test('finds pieces of the text and nothing else, whatever the text', () => {
    const piece = fc.oneof(fc.constantFrom(...found.map((text) => text.replaceAll(/[«»]/g, ''))), fc.string());
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const text = pieces.join(' ');
        for (const { start, end } of detector.find(text)) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 50 },
    );
  });
});

/** Texts that make a careless pattern look at everything again and again. */
const MONSTERS: Readonly<Record<string, string>> = {
  digits: '1',
  'digits with spaces': '1 ',
  'digits with dashes': '12-',
  plus: '+1',
  dots: '1.',
  at: 'a@',
  'at and dots': 'a@a.',
  letters: 'a',
  capitals: 'Ab ',
  colons: 'f:',
  addresses: '1 Main ',
  urls: 'a://b:',
  words: 'passport phone: born password=',
  tokens: 'eyJaaaaaaaa.',
  pem: '-----BEGIN PRIVATE KEY-----',
  accounts: 'DE89 ',
};

test.each(Object.entries(MONSTERS))('100 000 characters of %s take no detector long', (_, piece) => {
  const text = piece.repeat(Math.ceil(100_000 / piece.length));
  for (const { kind, find } of detectors) {
    const before = process.cpuUsage();
    find(text);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000, kind).toBeLessThan(400); // looking at everything twice over would take minutes
  }
});

import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutAt, pieces, places } from '../../test/cuts.ts';
import { GatewayError } from '../model/error.ts';
import { frames } from './frames.ts';
import { readFrame } from './sse.ts';

const LIMITS = { jsonBytesMax: 1000, eventBytesMax: 1000 };
const FOREVER = { jsonBytesMax: 1e9, eventBytesMax: 1e9 };

function framesOf(parts: readonly Buffer[], limits = FOREVER): string[] {
  const cut = frames('sse', limits);
  return [...parts.flatMap((part) => cut.push(part)), ...cut.end()].map((frame) => frame.toString());
}

function framesOfText(...parts: readonly string[]): string[] {
  return framesOf(parts.map((part) => Buffer.from(part)));
}

function refusal(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (thrown) {
    return thrown instanceof GatewayError ? thrown.code : String(thrown);
  }
}

const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
const line = fc.oneof(
  { weight: 4, arbitrary: fc.string({ maxLength: 12 }).map((text) => `data: ${text.replace(/[\r\n]/g, '')}`) },
  { weight: 2, arbitrary: fc.constantFrom('data:', 'data', 'data:  two', 'data: {"a":"é€😀"}', 'data: [DONE]') },
  fc.constantFrom('event: ping', 'event:', 'id: 7', 'retry: 10', ': a comment', ':', 'unknown: field', 'noise'),
  { weight: 3, arbitrary: fc.constant('') },
);
const oneKindOfLineEnd = fc
  .tuple(lineEnd, fc.array(line, { maxLength: 12 }))
  .map(([end, lines]) => [...lines, ''].join(end));
const mixedLineEnds = fc
  .array(fc.tuple(line, lineEnd), { maxLength: 12 })
  .map((lines) => lines.map(([text, end]) => text + end).join(''));
const mark = fc.constantFrom('', '\uFEFF');
const stream = fc
  .tuple(mark, fc.oneof(oneKindOfLineEnd, mixedLineEnds))
  .map(([start, text]) => Buffer.from(start + text));

describe('server-sent events', () => {
  test.each([
    ['LF', '\n'],
    ['CR LF', '\r\n'],
    ['a lone CR', '\r'],
  ])('are cut after each blank line that ends in %s', (_, end) => {
    const [first, second] = [`event: a${end}data: 1${end}${end}`, `: ping${end}${end}`];
    expect(framesOfText(first, `${second}data: 2${end}${end}x`)).toEqual([first, second, `data: 2${end}${end}`]);
  });

  test('joined again are the bytes, up to the last blank line, however the network cuts them', () => {
    fc.assert(
      fc.property(stream, places, (bytes, at) => {
        const closed = Buffer.concat([bytes, Buffer.from('\n\n')]);
        const given = framesOf(cutAt(closed, at)).join('');
        expect(closed.toString().startsWith(given)).toBe(true);
        expect(closed.toString().slice(given.length)).toMatch(/^\n?$/);
      }),
      { numRuns: 500 },
    );
  });

  test('are the same frames for every cut', () => {
    fc.assert(
      fc.property(stream, places, (bytes, at) => {
        const whole = framesOf([bytes]);
        expect(framesOf(cutAt(bytes, at))).toEqual(whole);
        expect(framesOf(pieces(bytes, 1))).toEqual(whole);
      }),
      { numRuns: 500 },
    );
  });

  test('say what an independent parser says, for every cut', () => {
    fc.assert(
      fc.property(stream, places, (bytes, at) => {
        const closed = Buffer.concat([bytes, Buffer.from('\n\n')]);
        const read = framesOf(cutAt(closed, at)).flatMap((frame) => readFrame(Buffer.from(frame)) ?? []);
        expect(read).toEqual(eventsOf(closed));
      }),
      { numRuns: 500 },
    );
  });

  test('come out with the byte that completes them, not later', () => {
    const cut = frames('sse', FOREVER);
    expect(cut.push(Buffer.from('data: 1\n'))).toEqual([]);
    expect(cut.push(Buffer.from('\n')).map(String)).toEqual(['data: 1\n\n']);
    expect(cut.push(Buffer.from('data: 2\r\n\r'))).toEqual([]);
    expect(cut.push(Buffer.from('\n')).map(String)).toEqual(['data: 2\r\n\r\n']);
  });

  test('are handed on without a copy when they come alone', () => {
    const bytes = Buffer.from('data: 1\n\n');
    expect(frames('sse', FOREVER).push(bytes)[0]).toBe(bytes);
  });

  test.each([
    ['JSON', 'data: {"a":1}'],
    ['JSON with one line end', 'data: {"a":1}\n'],
    ['JSON with half a blank line', 'event: a\r\ndata: {"a":1}\r\n\r'],
    ['the closing mark', 'data: [DONE]'],
  ])('that forget the last blank line are given when they end in %s', (_, rest) => {
    expect(framesOfText('data: 1\n\n', rest)).toEqual(['data: 1\n\n', `${rest}\n\n`]);
  });

  test.each([
    ['cut inside JSON', 'data: {"a":1'],
    ['cut inside a text that itself speaks of data', 'data: {"text":"meta data: 5'],
    ['a field name', 'dat'],
    ['an event name without data', 'event: message_stop\n'],
    ['a comment', ': ping'],
    ['nothing', ''],
  ])('are not given by halves: %s', (_, rest) => {
    expect(framesOfText('data: 1\n\n', rest)).toEqual(['data: 1\n\n']);
  });

  test('are refused over the limit, the same for every cut', () => {
    const fits = Buffer.from(`data: ${'x'.repeat(992)}\n\n`);
    const tooLong = Buffer.from(`data: ${'x'.repeat(993)}\n\n`);
    for (const size of [2000, 999, 7, 1]) {
      expect(framesOf(pieces(fits, size), LIMITS)).toHaveLength(1);
      expect(refusal(() => framesOf(pieces(tooLong, size), LIMITS))).toBe('upstream.bad-response');
    }
  });

  test('are limited one by one: a long stream of short frames passes', () => {
    const many = Buffer.from('data: 1234567890\n\n'.repeat(1000));
    expect(framesOf([many], LIMITS)).toHaveLength(1000);
  });

  test('of a megabyte cost linear time, in crumbs too', () => {
    const hostile = ['x', '\n ', '\r ', '\\', '"'].map((text) => `data: ${text.repeat(1_000_000 / text.length)}\n\n`);
    for (const text of hostile) expect(millis(() => framesOf(pieces(Buffer.from(text), 16)))).toBeLessThan(1500);
  });
});

describe('one JSON body', () => {
  test('is one frame, however it was cut, and comes at the end', () => {
    const cut = frames('json', LIMITS);
    expect([...cut.push(Buffer.from('{"a"')), ...cut.push(Buffer.from(':1}\n\n'))]).toEqual([]);
    expect(cut.end().map(String)).toEqual(['{"a":1}\n\n']);
  });

  test('that never came is no frame', () => expect(frames('json', LIMITS).end()).toEqual([]));

  test('is refused over the limit as soon as it is passed', () => {
    const cut = frames('json', LIMITS);
    cut.push(Buffer.alloc(1000));
    expect(refusal(() => cut.push(Buffer.alloc(1)))).toBe('upstream.bad-response');
  });
});

function eventsOf(bytes: Buffer): { event: string | undefined; data: string }[] {
  const found: { event: string | undefined; data: string }[] = [];
  const parser = createParser({ onEvent: ({ event, data }) => found.push({ event, data }) });
  parser.feed(new TextDecoder().decode(bytes));
  return found;
}

function millis(act: () => unknown): number {
  const startedAt = performance.now();
  act();
  return performance.now() - startedAt;
}

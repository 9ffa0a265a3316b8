import { createParser } from 'eventsource-parser';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dataSpan, readFrame, sseFrame } from './sse.ts';

describe('reading a frame', () => {
  test.each([
    ['data: {"a":1}\n\n', { event: undefined, data: '{"a":1}' }],
    ['data:{"a":1}\n\n', { event: undefined, data: '{"a":1}' }],
    ['data:  two spaces\n\n', { event: undefined, data: ' two spaces' }],
    ['data: \n\n', { event: undefined, data: '' }],
    ['data:\n\n', { event: undefined, data: '' }],
    ['event: ping\ndata: {}\n\n', { event: 'ping', data: '{}' }],
    ['event: ping\r\ndata: {}\r\n\r\n', { event: 'ping', data: '{}' }],
    ['event: ping\rdata: {}\r\r', { event: 'ping', data: '{}' }],
    ['data: one\ndata: two\n\n', { event: undefined, data: 'one\ntwo' }],
    ['\uFEFFdata: first\n\n', { event: undefined, data: 'first' }],
    ['id: 3\nretry: 10\ndata: x\n\n', { event: undefined, data: 'x' }],
    [': OPENROUTER PROCESSING\n\n', undefined],
    ['event: ping\n\n', undefined],
    ['\n\n', undefined],
  ])('%j', (frame, said) => expect(readFrame(Buffer.from(frame))).toEqual(said));

  test('gives back what was written, for any data without a line end', () => {
    fc.assert(
      fc.property(fc.json(), fc.option(fc.constantFrom('ping', 'message_stop'), { nil: undefined }), (data, event) => {
        expect(readFrame(sseFrame(data, event))).toEqual({ event, data });
      }),
    );
  });

  test('writes values as JSON on one line', () => {
    fc.assert(
      fc.property(fc.record({ text: fc.string({ unit: 'binary' }) }), (value) => {
        const said = readFrame(sseFrame(value));
        expect(JSON.parse(said?.data ?? '')).toEqual(value);
      }),
    );
  });
});

describe('the place of the JSON in a frame', () => {
  const at = (frame: string): string | undefined => {
    const bytes = Buffer.from(frame);
    const span = dataSpan(bytes);
    return span && bytes.toString('utf8', span.start, span.end);
  };

  test.each([
    ['data: {"a":1}\n\n', '{"a":1}'],
    ['data:{"a":1}\n\n', '{"a":1}'],
    ['data: {"a":1}\r\n\r\n', '{"a":1}'],
    ['event: x\ndata: {"é":"data:"}\n\n', '{"é":"data:"}'],
    ['event: x\r\ndata: {}\r\n\r\n', '{}'],
    ['\ndata: {}\n\n', '{}'],
    [': note\ndata: {}\nid: 3\n\n', '{}'],
  ])('is found: %j', (frame, json) => expect(at(frame)).toBe(json));

  test.each(['data: {\ndata: }\n\n', ': ping\n\n', 'event: x\n\n', '\n\n', 'data: {\rdata: }\r\r', 'data: {}\r\r'])(
    'is not claimed where a splice could go wrong: %j',
    (frame) => expect(at(frame)).toBeUndefined(),
  );

  test('is what a parser reads, whenever it is claimed', () => {
    const line = fc.constantFrom('data: {"a":1}', 'data:{}', 'event: e', 'id: 1', ': c', 'data', 'noise');
    const end = fc.constantFrom('\n', '\r\n', '\r');
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 4 }), end, (lines, lineEnd) => {
        const frame = `${lines.join(lineEnd)}${lineEnd}${lineEnd}`;
        const span = at(frame);
        if (span !== undefined) expect(dataOf(frame).trim()).toBe(span);
      }),
      { numRuns: 500 },
    );
  });
});

function dataOf(frame: string): string {
  let found = '';
  createParser({ onEvent: ({ data }) => (found = data) }).feed(`${frame}\n`);
  return found;
}

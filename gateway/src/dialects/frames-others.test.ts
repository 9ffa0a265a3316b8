import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutAt } from '../../test/cuts.ts';
import { frames } from './frames.ts';

const FOREVER = { jsonBytesMax: 1e9, eventBytesMax: 1e9 };

function cut(form: 'json-lines' | 'aws-event-stream', parts: readonly Buffer[], eventBytesMax = 1e9): Buffer[] {
  const cutter = frames(form, { ...FOREVER, eventBytesMax });
  return [...parts.flatMap((part) => cutter.push(part)), ...cutter.end()];
}

const message = (payload: string): Buffer => {
  const bytes = Buffer.alloc(16 + Buffer.byteLength(payload), payload);
  bytes.writeUInt32BE(bytes.length, 0);
  return bytes;
};

describe('lines of JSON', () => {
  test('are the same however the bytes were cut, and blank ones are none', () => {
    fc.assert(
      fc.property(fc.array(fc.json(), { maxLength: 8 }), fc.array(fc.nat(400), { maxLength: 6 }), (values, places) => {
        const lines = values.map((value) => `${value}\n`);
        const bytes = Buffer.from(lines.join('\n'));
        expect(cut('json-lines', cutAt(bytes, places)).map(String)).toEqual(lines);
      }),
    );
  });

  test('need no line end behind the last one, as long as it is whole', () => {
    expect(cut('json-lines', [Buffer.from('{"a":1}\n{"b"'), Buffer.from(':2}')]).map(String)).toEqual([
      '{"a":1}\n',
      '{"b":2}\n',
    ]);
    expect(cut('json-lines', [Buffer.from('{"a":1}\n{"b"')])).toHaveLength(1);
  });

  test('have a limit', () => {
    expect(() => cut('json-lines', [Buffer.from(`"${'x'.repeat(50)}"\n`)], 20)).toThrow('more than 20 bytes');
    expect(() => cut('json-lines', [Buffer.from('x'.repeat(15)), Buffer.from('x'.repeat(15))], 20)).toThrow('20 bytes');
  });
});

describe('Amazon’s messages', () => {
  test('are the same however the bytes were cut', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 8 }), fc.array(fc.nat(400), { maxLength: 9 }), (texts, places) => {
        const messages = texts.map(message);
        expect(cut('aws-event-stream', cutAt(Buffer.concat(messages), places))).toEqual(messages);
      }),
    );
  });

  test('that are cut short are no frames', () => {
    expect(cut('aws-event-stream', [message('a'), message('long').subarray(0, 17)])).toHaveLength(1);
    expect(cut('aws-event-stream', [message('a').subarray(0, 3)])).toEqual([]);
  });

  test('can’t be longer than allowed or shorter than their head', () => {
    expect(() => cut('aws-event-stream', [message('x'.repeat(50))], 20)).toThrow('more than 20 bytes');
    expect(() => cut('aws-event-stream', [Buffer.from([0, 0, 0, 2])])).toThrow('shorter than its own head');
  });
});

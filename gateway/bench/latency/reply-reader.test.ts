import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ReplyReader } from './reply-reader.ts';

const LENGTH = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello');
const CHUNKS = Buffer.from(
  'HTTP/1.1 503 No\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n5\r\nhel\r\n\r\n2;x=y\r\nlo\r\n0\r\n\r\n',
);

test.each([
  [LENGTH, 200, 'hello', false],
  [CHUNKS, 503, 'hel\r\nlo', true],
])('a reply is read the same however the network cuts it', (bytes, status, body, closes) => {
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length), { maxLength: 20 }), (cuts) => {
      const parts: Buffer[] = [];
      const reader = new ReplyReader((part) => parts.push(Buffer.from(part)));
      const points = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
      const ends = points.slice(1).map((end, index) => reader.push(bytes.subarray(points[index], end)));
      expect(ends.indexOf(true)).toBe(points.slice(1).indexOf(bytes.length));
      expect([reader.status, reader.closes, Buffer.concat(parts).toString()]).toEqual([status, closes, body]);
    }),
  );
});

test('the next reply is read after a reset', () => {
  const reader = new ReplyReader();
  expect(reader.push(LENGTH)).toBe(true);
  reader.reset();
  expect([reader.begun, reader.push(CHUNKS), reader.status]).toEqual([false, true, 503]);
});

test('what is no HTTP is an error and no endless wait', () => {
  expect(() => new ReplyReader().push(Buffer.from('SSH-2.0-x\r\n\r\n'))).toThrow(/no HTTP/);
  expect(() => new ReplyReader().push(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'))).toThrow(/neither/);
});

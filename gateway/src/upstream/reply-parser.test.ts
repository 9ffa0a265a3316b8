import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutAt, pieces, places } from '../../test/cuts.ts';
import { mutatedReply, parsed, validReply } from '../../test/raw-replies.ts';
import { ReplyParser } from './reply-parser.ts';
import { WireFault } from './wire-fault.ts';

const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}transfer-encoding: chunked\r\n\r\n`;

function read(text: string) {
  return parsed([Buffer.from(text, 'latin1')]);
}

function refusal(text: string): string {
  const told = read(text);
  expect(told.kind, text.slice(0, 200)).toBe('refused');
  return told.kind === 'refused' && told.why instanceof WireFault ? told.why.code : '';
}

test.each([
  ['a length', `${OK}Content-Length: 2\r\n\r\nhi`, 'hi'],
  ['a length of nothing', `${OK}content-length: 0\r\n\r\n`, ''],
  ['no length, up to the end of the connection', `${OK}x: y\r\n\r\nhi there`, 'hi there'],
  ['no length and no headers', `${OK}\r\nhi`, 'hi'],
  ['chunks', `${CHUNKED}2\r\nhi\r\n00A\r\n, whatever\r\n0\r\n\r\n`, 'hi, whatever'],
  ['chunks with extensions and a trailer', `${CHUNKED}2;a;b=c;d="e f"\r\nhi\r\n0;x\r\nsum: 1\r\n\r\n`, 'hi'],
  ['chunks whatever case they are written in', `${OK}Transfer-Encoding: CHUNKED\r\n\r\n0\r\n\r\n`, ''],
  ['interim replies before it', `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\na: b\r\n\r\n${OK}\r\nhi`, 'hi'],
  ['no reason', 'HTTP/1.1 200\r\ncontent-length: 2\r\n\r\nhi', 'hi'],
  ['an older version', 'HTTP/1.0 200 OK\r\n\r\nhi', 'hi'],
])('a body with %s is read', (_, text, body) => {
  expect(read(text)).toMatchObject({ kind: 'read', status: 200, body, hasMore: false });
});

test.each([
  [204, 'content-length: 5\r\n'],
  [204, ''],
  [304, 'content-length: 5\r\n'],
  [304, 'transfer-encoding: chunked\r\n'],
])('a reply with status %i has no body, whatever it says (%j)', (status, line) => {
  expect(read(`HTTP/1.1 ${status} x\r\n${line}\r\n`)).toMatchObject({ kind: 'read', status, body: '', hasMore: false });
});

test('headers have names in lower case and values without the blanks around them', () => {
  const told = read(`${OK}X-One:\t a b \t\r\nX-TWO:\r\nx-three:caf\xe9\r\n\r\n`);
  expect(told).toMatchObject({ headers: { 'x-one': 'a b', 'x-two': '', 'x-three': 'caf\xe9' } });
});

test('a header that came twice is one list', () => {
  expect(read(`${OK}a: 1\r\nb: 2\r\nA: 3\r\n\r\n`)).toMatchObject({ headers: { a: '1, 3', b: '2' } });
});

test('a header named like a part of every object is a header like any other', () => {
  const parser = new ReplyParser({
    onHead: ({ headers }) => {
      expect(Object.keys(headers)).toEqual(['__proto__', 'constructor']);
      expect(headers['__proto__']).toBe('a');
      expect(headers['toString']).toBeUndefined();
    },
    onBody: () => undefined,
  });
  parser.push(Buffer.from(`${OK}__proto__: a\r\nconstructor: b\r\n\r\n`));
  expect.assertions(3);
});

const header = (line: string): string => `${OK}${line}\r\ncontent-length: 2\r\n\r\nhi`;

test.each([
  ['no status line', 'SSH-2.0-OpenSSH_9.2\r\n'],
  ['an empty line in front', `\r\n${header('a: b')}`],
  ['another version', header('a: b').replace('1.1', '2.0')],
  ['a version before all versions', header('a: b').replace('1.1', '0.9')],
  ['a protocol that is none', header('a: b').replace('HTTP', 'HTTQ')],
  ['a status of two digits', header('a: b').replace('200', '20')],
  ['a status of four digits', header('a: b').replace('200', '2000')],
  ['a status that is none', header('a: b').replace('200', '020')],
  ['a status with a sign', header('a: b').replace('200', '+20')],
  ['two spaces before the status', header('a: b').replace(' 200', '  200')],
  ['a control character in the reason', header('a: b').replace('OK', 'O\x01K')],
  ['lines that end with LF', header('a: b').replaceAll('\r\n', '\n')],
  ['one line that ends with LF', header('a: b\nc: d')],
  ['one line that ends with CR', header('a: b\rc: d')],
  ['an end of the head with LF', `${OK}a: b\r\n\nhi`],
  ['a folded line', header('a: b\r\n c')],
  ['a folded line with a colon', header('a: b\r\n\tc: d')],
  ['a first line that is folded', header(' a: b')],
  ['a space before the colon', header('a : b')],
  ['a tab before the colon', header('a\t: b')],
  ['a space in a name', header('a b: c')],
  ['a name that isn’t ASCII', header('caf\xe9: c')],
  ['a control character in a name', header('a\x01: b')],
  ['no name', header(': b')],
  ['no colon', header('ab')],
  ['a NUL in a value', header('a: b\0')],
  ['a control character in a value', header('a: b\x0bc')],
  ['a delete character in a value', header('a: b\x7f')],
  ['two lengths that disagree', header('content-length: 3')],
  ['two lengths that agree', header('Content-Length: 2')],
  ['a list of lengths', `${OK}content-length: 2, 2\r\n\r\nhi`],
  ['a length that is no number', `${OK}content-length: 2a\r\n\r\nhi`],
  ['a length with a sign', `${OK}content-length: +2\r\n\r\nhi`],
  ['a length that isn’t decimal', `${OK}content-length: 0x2\r\n\r\nhi`],
  ['a negative length', `${OK}content-length: -2\r\n\r\nhi`],
  ['a tab behind a length', `${OK}content-length: 2\t\r\n\r\nhi`],
  ['an empty length', `${OK}content-length:\r\n\r\nhi`],
  ['a length beyond all numbers', `${OK}content-length: ${'9'.repeat(16)}\r\n\r\nhi`],
  ['a length and chunks', `${OK}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['chunks and a length', `${OK}transfer-encoding: chunked\r\ncontent-length: 2\r\n\r\n0\r\n\r\n`],
  ['another transfer-encoding', `${OK}transfer-encoding: gzip\r\n\r\nhi`],
  ['a transfer-encoding before chunked', `${OK}transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
  ['a transfer-encoding behind chunked', `${OK}transfer-encoding: chunked, identity\r\n\r\nhi`],
  ['chunked twice', `${OK}transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['an empty transfer-encoding', `${OK}transfer-encoding:\r\n\r\nhi`],
  ['a quoted transfer-encoding', `${OK}transfer-encoding: "chunked"\r\n\r\n0\r\n\r\n`],
  ['chunks in HTTP/1.0', CHUNKED.replace('1.1', '1.0')],
  ['a tab behind a transfer-encoding', `${OK}transfer-encoding: chunked\t\r\n\r\n0\r\n\r\n`],
  ['an interim reply in HTTP/1.0', `HTTP/1.0 100 Continue\r\n\r\n${header('a: b')}`],
  ['an interim reply that closes', `HTTP/1.1 100 Continue\r\nconnection: close\r\n\r\n${header('a: b')}`],
  ['a change of protocol', 'HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'],
  ['too many headers', header('a: b\r\n'.repeat(501) + 'c: d')],
  ['a chunk’s size that is none', `${CHUNKED}g\r\nhi\r\n0\r\n\r\n`],
  ['an empty size', `${CHUNKED}\r\nhi\r\n0\r\n\r\n`],
  ['a size with a sign', `${CHUNKED}+2\r\nhi\r\n0\r\n\r\n`],
  ['a size with a prefix', `${CHUNKED}0x2\r\nhi\r\n0\r\n\r\n`],
  ['a space before a size', `${CHUNKED} 2\r\nhi\r\n0\r\n\r\n`],
  ['a space behind a size', `${CHUNKED}2 \r\nhi\r\n0\r\n\r\n`],
  ['a size beyond all numbers', `${CHUNKED}${'f'.repeat(14)}\r\nhi`],
  ['a size that ends with LF', `${CHUNKED}2\nhi\r\n0\r\n\r\n`],
  ['a size that ends with CR', `${CHUNKED}2\rhi\r\n0\r\n\r\n`],
  ['an extension with a line break', `${CHUNKED}2;a\nb\r\nhi\r\n0\r\n\r\n`],
  ['an extension that is none', `${CHUNKED}2;a b\r\nhi\r\n0\r\n\r\n`],
  ['an extension that is too long', `${CHUNKED}2;${'a'.repeat(1100)}\r\nhi\r\n0\r\n\r\n`],
  ['a chunk longer than its size', `${CHUNKED}2\r\nhid\r\n0\r\n\r\n`],
  ['a chunk shorter than its size', `${CHUNKED}4\r\nhi\r\n0\r\n\r\n`],
  ['a chunk that ends with LF', `${CHUNKED}2\r\nhi\n0\r\n\r\n`],
  ['a trailer that is no header', `${CHUNKED}0\r\nsum 1\r\n\r\n`],
  ['a trailer that ends with LF', `${CHUNKED}0\r\nsum: 1\n\r\n`],
  ['a trailer that says a length', `${CHUNKED}0\r\nContent-Length: 5\r\n\r\n`],
  ['a trailer that is too long', `${CHUNKED}0\r\nsum: ${'1'.repeat(17_000)}\r\n\r\n`],
])('%s is refused, however it is cut', (_, text) => {
  expect(refusal(text)).toBe('NOT_HTTP');
  const bytes = Buffer.from(text, 'latin1');
  for (const size of [1, 7]) expect(parsed(pieces(bytes, size)).kind).toBe('refused');
});

test.each([
  ['a head', `${OK}a: ${'b'.repeat(65_536)}\r\n\r\n`],
  ['a head whose end doesn’t come', `${OK}a: ${'b'.repeat(65_536)}`],
  ['what comes before a head', 'HTTP/1.1 103 Hints\r\na: b\r\n\r\n'.repeat(3000)],
])('%s of more than 64 KB is refused', (_, text) => {
  expect(refusal(text)).toBe('HEAD_TOO_LARGE');
});

test.each([
  ['nothing at all', '', 'CLOSED'],
  ['a part of a head', 'HTTP/1.1 200 OK\r\ncontent-', 'CLOSED'],
  ['an interim reply alone', 'HTTP/1.1 100 Continue\r\n\r\n', 'CLOSED'],
  ['less than its length', `${OK}content-length: 5\r\n\r\nhi`, 'CUT_SHORT'],
  ['a part of a chunk', `${CHUNKED}5\r\nhi`, 'CUT_SHORT'],
  ['chunks without the last one', `${CHUNKED}2\r\nhi\r\n`, 'CUT_SHORT'],
  ['chunks without the last line', `${CHUNKED}2\r\nhi\r\n0\r\n`, 'CUT_SHORT'],
])('a connection that ends behind %s is no reply', (_, text, code) => {
  expect(refusal(text)).toBe(code);
});

test.each([
  ['SSH-2.0-OpenSSH', 'what isn’t HTTP'],
  ['HTTP/1.1 200 OK\n', 'a line end that is none'],
  ['HTTP/1.1 200 OK\r\na: \0', 'a control character'],
  [`${CHUNKED}hello`, 'a chunk’s size that is none'],
])('%j is refused at once, not when its line or head is complete (%s)', (text) => {
  const parser = new ReplyParser({ onHead: () => undefined, onBody: () => undefined });
  expect(() => parser.push(Buffer.from(text))).toThrow(WireFault);
});

test.each([
  ['a length', `${OK}content-length: 2\r\n\r\nhi`],
  ['chunks', `${CHUNKED}2\r\nhi\r\n0\r\n\r\n`],
  ['no body', 'HTTP/1.1 204 No\r\n\r\n'],
])('bytes behind a reply with %s are told of, and aren’t its body', (_, text) => {
  const more = read(`${text}HTTP/1.1 200 OK\r\n\r\n`);
  expect(more).toMatchObject({ ...read(text), hasMore: true });
});

test('however the bytes of a reply are cut, it is the same reply', () => {
  fc.assert(
    fc.property(fc.oneof(validReply, mutatedReply), places, (reply, at) => {
      const bytes = Buffer.from(reply, 'latin1');
      const whole = parsed([bytes]);
      for (const cut of [cutAt(bytes, at), pieces(bytes, 1)]) {
        const told = parsed(cut);
        if (whole.kind === 'refused') expect(told.kind).toBe('refused');
        else expect(told).toEqual(whole);
      }
    }),
    { numRuns: 1000 },
  );
});

test('one reply after another is read by the same parser', () => {
  const bodies: string[] = [];
  const parser = new ReplyParser({
    onHead: () => bodies.push(''),
    onBody: (bytes, from, to) => bodies.push(`${bodies.pop()}${bytes.toString('latin1', from, to)}`),
  });
  for (const text of [
    `${OK}content-length: 2\r\n\r\nhi`,
    `${CHUNKED}2\r\nho\r\n0\r\n\r\n`,
    'HTTP/1.1 204 No\r\n\r\n',
  ]) {
    for (const piece of pieces(Buffer.from(text), 3)) expect(parser.push(piece)).toBe(false);
    expect(parser.isOver).toBe(true);
    parser.reset();
  }
  expect(bodies).toEqual(['hi', 'ho', '']);
});

test('the bytes of many chunks that came together are given together', () => {
  const given: string[] = [];
  const parser = new ReplyParser({
    onHead: () => undefined,
    onBody: (bytes, from, to) => given.push(bytes.toString('latin1', from, to)),
  });
  parser.push(Buffer.from(`${CHUNKED}2\r\nab\r\n3\r\ncde\r\n1\r`));
  parser.push(Buffer.from('\nf\r\n2\r\ngh\r\n0\r\n\r\n'));
  expect(given).toEqual(['abcde', 'fgh']);
});

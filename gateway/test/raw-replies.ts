import fc from 'fast-check';
import type { ReplyHead } from '../src/upstream/reply-head.ts';
import { ReplyParser } from '../src/upstream/reply-parser.ts';

/** What a reader makes of a reply. */
export type Told =
  | { readonly kind: 'refused'; readonly why: unknown }
  | {
      readonly kind: 'read';
      readonly status: number;
      readonly headers: Readonly<Record<string, string | undefined>>;
      readonly body: string;
    };

/** What our parser makes of these pieces and the end of the connection, and whether bytes came behind the reply. */
export function parsed(pieces: readonly Buffer[]): Told & { readonly hasMore: boolean } {
  let head: ReplyHead | undefined;
  let body = '';
  const parser = new ReplyParser({
    onHead: (read) => (head = read),
    onBody: (bytes, from, to) => (body += bytes.toString('latin1', from, to)),
  });
  let hasMore = false;
  try {
    // Copies, since a parser may move bytes within a piece; and it may not count on them afterwards.
    for (const piece of pieces) {
      const copy = Buffer.from(piece);
      if (parser.isOver) hasMore ||= piece.length > 0;
      else hasMore = parser.push(copy) || hasMore;
      copy.fill('!');
    }
    parser.end();
  } catch (thrown) {
    return { kind: 'refused', why: thrown, hasMore };
  }
  const { status = 0, headers = {} } = head ?? {};
  return { kind: 'read', status, headers: { ...headers }, body, hasMore };
}

const NAMES = ['x', 'X-Request-Id', 'content-type', 'Set-Cookie', '__proto__', 'constructor', 'keep-alive', 'upgrade'];
const name = fc.constantFrom(...NAMES);
const value = fc.string({
  unit: fc.constantFrom(...'ab1 \t,;:="\\\u00e9\u00ff'.split('')),
  maxLength: 12,
});
const line = fc
  .tuple(name, fc.constantFrom('', ' ', '\t', '  '), value, fc.constantFrom('', ' ', '\t'))
  .map(([key, before, text, after]) => `${key}:${before}${text}${after}\r\n`);
const lines = fc.array(line, { maxLength: 5 }).map((all) => all.join(''));
const connection = fc.constantFrom('', '', 'Connection: close\r\n', 'connection: Keep-Alive\r\n', 'connection: x\r\n');
const text = fc.string({ unit: fc.constantFrom(...'abc\r\n0: \u00e9\0'.split('')), maxLength: 40 });
const status = fc.constantFrom('200 OK', '200 OK', '200', '201 ', '404 Not Found', '503 \u00e9', '204 No', '304 No');
const version = fc.constantFrom('HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0');
const interim = fc.constantFrom(
  '',
  '',
  '',
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 103 Hints\r\nlink: </a>\r\n\r\n',
);
const extension = fc.constantFrom('', '', ';a', ';a=b', ';a="b c";d');
const trailer = fc.constantFrom('', '', 'x-sum: 1\r\n', 'a: b\r\nc: d\r\n');

const counted = text.map((body) => [`Content-Length: ${body.length}\r\n`, body] as const);
const chunked = fc
  .tuple(fc.array(fc.tuple(text, extension), { maxLength: 4 }), fc.constantFrom('0', '000'), trailer)
  .map(([chunks, last, sums]) => {
    const sized = chunks.filter(([bytes]) => bytes !== '');
    const all = sized.map(([bytes, ext]) => `${bytes.length.toString(16)}${ext}\r\n${bytes}\r\n`).join('');
    return ['Transfer-Encoding: Chunked\r\n', `${all}${last}\r\n${sums}\r\n`] as const;
  });
const untilClose = text.map((body) => ['', body] as const);
const framed = fc.oneof(counted, chunked, untilClose);

/** Replies as a decent provider sends them, one byte a character. */
export const validReply: fc.Arbitrary<string> = fc
  .tuple(interim, version, status, lines, connection, framed, lines)
  .map(
    ([before, http, said, first, stays, [length, body], second]) =>
      `${before}${http} ${said}\r\n${first}${length}${stays}${second}\r\n${body}`,
  );

/** What goes wrong with replies, or is done to them. */
const INSERTED = [
  ['\n', '\r', '\r\n', '\r\n\r\n', '\0', ' ', '\t', ':', ';', ',', 'a', '0', '5', '-', '\x7f', '\x80', '"', '='],
  ['Content-Length: 5\r\n', 'Content-Length: 5, 5\r\n', 'content-length:\r\n', 'Content-Length: +5\r\n'],
  ['Content-Length: 0x5\r\n', 'Content-Length: 5 5\r\n', 'Content-Length : 5\r\n', 'Content-Length: 005\r\n'],
  ['Transfer-Encoding: chunked\r\n', 'Transfer-Encoding: gzip, chunked\r\n', 'Transfer-Encoding: identity\r\n'],
  ['Content-Length: 5\t\r\n', 'Transfer-Encoding: chunked\t\r\n', 'HTTP/1.0 100 Go on\r\n\r\n'],
  ['HTTP/1.1 100 Go on\r\nconnection: close\r\n\r\n', 'connection: close\r\n'],
  ['Transfer-Encoding: xchunked\r\n', 'Transfer-Encoding:\r\n', 'Transfer-Encoding: "chunked"\r\n'],
  ['transfer-encoding: chunked \r\n', 'Transfer-Encoding : chunked\r\n', 'Transfer\u00ad-Encoding: chunked\r\n'],
  [' folded\r\n', '\tfolded: x\r\n', 'no colon\r\n', ': no name\r\n', 'a b: c\r\n', 'x: y\n', 'x: y\r', 'x\r\n: y\r\n'],
  ['0\r\n\r\n', '3\r\nabc\r\n', 'fffffffffffffffff\r\n', 'HTTP/1.1 200 OK\r\n\r\n', 'HTTP/1.1 101 Up\r\n\r\n'],
  ['5;\r\n', '5 ;a\r\n', '5;a b\r\n', '5;a="\\""\r\n', '5;a=\x01\r\n', '5;a=b;\r\n', '0x5\r\n', '+5\r\n', 'g\r\n'],
].flat();
const place = fc.oneof(
  fc.record({ at: fc.nat(200) }),
  fc.record({ line: fc.nat(8) }), // the beginnings of lines matter most
);
const edit = fc.oneof(
  fc.record({ place, remove: fc.constantFrom(0, 0, 1, 2), insert: fc.constantFrom(...INSERTED) }),
  fc.record({ place, remove: fc.integer({ min: 1, max: 6 }), insert: fc.constant('') }),
);

/** Replies with a few bytes changed; not all of them are wrong. */
export const mutatedReply: fc.Arbitrary<string> = fc
  .tuple(validReply, fc.array(edit, { minLength: 1, maxLength: 3 }))
  .map(([reply, edits]) =>
    edits.reduce((bytes, { place: where, remove, insert }) => {
      const starts = [0, ...[...bytes.matchAll(/\n/g)].map(({ index }) => index + 1)];
      const at = 'at' in where ? where.at % (bytes.length + 1) : (starts[where.line % starts.length] ?? 0);
      return bytes.slice(0, at) + insert + bytes.slice(at + remove);
    }, reply),
  );

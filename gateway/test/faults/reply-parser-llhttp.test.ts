import { request } from 'node:http';
import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mutatedReply, parsed, type Told, validReply } from '../raw-replies.ts';

/** What Node's own client, and so llhttp, makes of these bytes and the end of the connection. */
function llhttp(bytes: Buffer): Promise<Told> {
  return new Promise((resolve) => {
    const wire = new Duplex({ read: () => undefined, write: (_piece, _encoding, done) => done() });
    const refused = (why: unknown): void => resolve({ kind: 'refused', why });
    const asking = request({ createConnection: () => wire, method: 'POST', maxHeaderSize: 128 * 1024 });
    asking.on('error', refused);
    asking.on('upgrade', () => refused('upgrade'));
    asking.on('close', () => setImmediate(refused, 'closed'));
    asking.on('response', (response) => {
      let body = '';
      response.setEncoding('latin1');
      response.on('data', (text: string) => (body += text));
      response.on('error', refused);
      response.on('end', () => {
        const { statusCode: status = 0, rawHeaders } = response;
        resolve({ kind: 'read', status, headers: joined(rawHeaders), body });
      });
    });
    asking.end();
    setImmediate(() => {
      wire.push(bytes);
      wire.push(null);
    });
  });
}

function joined(raw: readonly string[]): Record<string, string> {
  const headers = new Map<string, string>();
  for (let at = 0; at < raw.length; at += 2) {
    const [name = '', value = ''] = raw.slice(at, at + 2);
    const before = headers.get(name.toLowerCase());
    headers.set(name.toLowerCase(), before === undefined ? value : `${before}, ${value}`);
  }
  return Object.fromEntries(headers);
}

async function neverLaxer(reply: string): Promise<void> {
  const bytes = Buffer.from(reply, 'latin1');
  const { hasMore, ...ours } = parsed([bytes]);
  if (ours.kind === 'refused') return;
  const theirs = await llhttp(bytes);
  // Bytes behind a reply end the connection, whatever another reader would make of them.
  if (!hasMore || theirs.kind === 'read') expect(ours).toEqual(theirs);
}

test('what a decent provider sends is read as llhttp reads it', async () => {
  await fc.assert(
    fc.asyncProperty(validReply, async (reply) => {
      const bytes = Buffer.from(reply, 'latin1');
      const theirs = await llhttp(bytes);
      const { hasMore: _, ...ours } = parsed([bytes]);
      const isOldInChunks = reply.includes('HTTP/1.0') && reply.includes('Transfer-Encoding');
      if (theirs.kind === 'read' && !isOldInChunks) expect(ours).toEqual(theirs);
      await neverLaxer(reply);
    }),
    { numRuns: 1000 },
  );
});

test('whatever was done to a reply: what is read is read as llhttp reads it, and what llhttp refuses is refused', async () => {
  await fc.assert(fc.asyncProperty(mutatedReply, neverLaxer), { numRuns: 3000 });
});

const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;

test.each([
  ['chunks in HTTP/1.0', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['a transfer-encoding before chunked', `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
  ['another transfer-encoding', `${OK}Transfer-Encoding: gzip\r\n\r\nhi`],
  ['an empty line in front', `\r\n${OK}\r\nhi`],
  ['another version', 'HTTP/2.0 200 OK\r\n\r\nhi'],
  ['a status that is none', 'HTTP/1.1 001 OK\r\ncontent-length: 0\r\n\r\n'],
  ['a control character in the reason', 'HTTP/1.1 200 O\x01K\r\n\r\nhi'],
  ['a trailer that says a length', `${CHUNKED}0\r\nTransfer-Encoding: chunked\r\n\r\n`],
  ['a chunk extension without its value', `${CHUNKED}2;a=\r\nhi\r\n0\r\n\r\n`],
  ['more header lines than anybody sends', `${OK}${'a: b\r\n'.repeat(600)}\r\nhi`],
])('%s is refused on purpose, though llhttp reads it', async (_, reply) => {
  const bytes = Buffer.from(reply, 'latin1');
  expect((await llhttp(bytes)).kind).toBe('read');
  expect(parsed([bytes]).kind).toBe('refused');
});

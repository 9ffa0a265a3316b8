import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { pieces } from '../../test/cuts.ts';
import { bodyOf, collect, failureOf } from '../../test/support.ts';
import { GatewayError } from '../model/error.ts';
import { decompressed } from './decompressed.ts';

const PLAIN = Buffer.from('data: {"text":"schön"}\n\n'.repeat(500));

async function inflated(bytes: Buffer, encoding: string | undefined, size = 97): Promise<Buffer> {
  return Buffer.concat(await collect(decompressed(bodyOf(pieces(bytes, size)), encoding, 'acme')));
}

test.each([
  ['gzip', gzipSync(PLAIN)],
  ['x-gzip', gzipSync(PLAIN)],
  [' GZIP ', gzipSync(PLAIN)],
  ['deflate', deflateSync(PLAIN)],
  ['br', brotliCompressSync(PLAIN)],
  ['identity', PLAIN],
  ['', PLAIN],
  [undefined, PLAIN],
])('%s is undone', async (encoding, bytes) => {
  expect(await inflated(bytes, encoding)).toEqual(PLAIN);
});

test.each([
  ['gzip that is broken', 'gzip', Buffer.from('this is no gzip')],
  ['gzip that stops early', 'gzip', gzipSync(PLAIN).subarray(0, 60)],
  ['br that is broken', 'br', Buffer.from('this is no brotli')],
  ['deflate that is broken', 'deflate', Buffer.from('this is no deflate')],
  ['gzip that is empty', 'gzip', Buffer.alloc(0)],
])('%s is the provider’s failure', async (_, encoding, bytes) => {
  const { code, message } = await failureOf(inflated(bytes, encoding));
  expect(code).toBe('upstream.bad-response');
  expect(message).toContain('acme');
});

test('a compression nobody knows is refused', async () => {
  const { code } = await failureOf(() => decompressed(bodyOf(['x']), 'zstd', 'acme'));
  expect(code).toBe('upstream.bad-response');
});

test('a connection that breaks is told as it is, not as broken compression', async () => {
  const broke = new GatewayError('upstream.broke', 'cut');
  const body = bodyOf(pieces(gzipSync(PLAIN).subarray(0, 60), 20), { error: broke });
  expect(await failureOf(collect(decompressed(body, 'gzip', 'acme')))).toBe(broke);
});

test.each([['gzip'], ['br']])('a reader that leaves a %s body early lets the connection go', async (encoding) => {
  const bytes = encoding === 'gzip' ? gzipSync(PLAIN) : brotliCompressSync(PLAIN);
  const body = bodyOf([bytes], { stay: true });
  for await (const _ of decompressed(body, encoding, 'acme')) break;
  expect(body.cancelled).toBeGreaterThan(0);
});

test('giving up on a compressed body lets the connection go', async () => {
  const body = bodyOf([gzipSync(PLAIN)], { stay: true });
  const { cancel, ...rest } = decompressed(body, 'gzip', 'acme');
  const reading = failureOf(collect(rest));
  cancel();
  expect(await reading).toBeInstanceOf(Error);
  expect(body.cancelled).toBeGreaterThan(0);
});

test('a long body leaves no listeners behind with each piece', async () => {
  const warnings: string[] = [];
  const heard = (warning: Error): void => void warnings.push(warning.name);
  process.on('warning', heard);
  const long = randomBytes(4_000_000);
  expect((await inflated(gzipSync(long), 'gzip', 65_536)).equals(long)).toBe(true);
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', heard);
  expect(warnings).toEqual([]);
});

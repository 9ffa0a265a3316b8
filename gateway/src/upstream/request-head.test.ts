import { expect, test } from 'vitest';
import { failureOf } from '../../test/support.ts';
import type { UpstreamRequest } from '../model/upstream.ts';
import { requestHead } from './request-head.ts';

function head(overrides: Partial<UpstreamRequest> = {}): string {
  const request = { provider: 'acme', method: 'POST' as const, origin: 'http://acme.test', path: '/v1', headers: [] };
  return requestHead({ ...request, body: undefined, ...overrides }, 'acme.test:81');
}

test('a request says where it goes, that the connection stays, its headers and its length', () => {
  const headers = ['content-type', 'application/json', 'X-Key', 'caf\xe9'];
  const lines = head({ headers, body: Buffer.from('grüß') }).split('\r\n');
  expect(lines).toEqual([
    'POST /v1 HTTP/1.1',
    'host: acme.test:81',
    'connection: keep-alive',
    'content-type: application/json',
    'X-Key: caf\xe9',
    'content-length: 6',
    '',
    '',
  ]);
});

test('a POST without a body says so, and a GET says nothing', () => {
  expect(head()).toContain('content-length: 0\r\n');
  expect(head({ method: 'GET' })).not.toContain('content-length');
});

test('a host that the operator configured is the only one', () => {
  expect(head({ headers: ['Host', 'elsewhere.test'] }).match(/^host: .*$/gim)).toEqual(['Host: elsewhere.test']);
});

test('whether the connection stays isn’t for headers to say', () => {
  expect(head({ headers: ['Connection', 'close'] }).match(/^connection: .*$/gim)).toEqual(['connection: keep-alive']);
});

test.each([
  ['a line break in a value', { headers: ['a', 'sk-CANARY\r\nx-smuggled: 1'] }],
  ['a line feed in a value', { headers: ['a', 'sk-CANARY\nx'] }],
  ['a return in a value', { headers: ['a', 'sk-CANARY\rx'] }],
  ['a NUL in a value', { headers: ['a', 'sk-CANARY\0'] }],
  ['a value that isn’t one byte a character', { headers: ['a', 'sk-CANARY\u010a'] }],
  ['a line break in a name', { headers: ['a: sk-CANARY\r\nb', 'c'] }],
  ['a colon in a name', { headers: ['a:', 'sk-CANARY'] }],
  ['a space in a name', { headers: ['a b', 'sk-CANARY'] }],
  ['an empty name', { headers: ['', 'sk-CANARY'] }],
  ['a name without a value', { headers: ['sk-CANARY'] }],
  ['a length of its own', { headers: ['Content-Length', '5'] }],
  ['a transfer-encoding of its own', { headers: ['Transfer-Encoding', 'chunked'] }],
  ['an expectation', { headers: ['expect', '100-continue'] }],
  ['two hosts', { headers: ['host', 'a', 'HOST', 'b'] }],
  ['a space in the path', { path: '/sk-CANARY HTTP/1.1' }],
  ['a line break in the path', { path: '/sk-CANARY\r\nx: y' }],
  ['a path that isn’t one byte a character', { path: '/sk-CANARY\u010a' }],
  ['a path with another host', { path: 'http://elsewhere.test/' }],
])('%s is refused without being quoted', async (_, overrides) => {
  const { code, message } = await failureOf(() => head(overrides));
  expect(code).toBe('gateway.bug');
  expect(message).not.toContain('CANARY');
});

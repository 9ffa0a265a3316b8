import { expect, test } from 'vitest';
import { readReplyHead } from './reply-head.ts';

test.each([
  [true, 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\n'],
  [true, 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\nconnection: keep-alive\r\n'],
  [true, 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: Upgrade\r\nupgrade: h2c\r\n'],
  [true, 'HTTP/1.0 200 OK\r\ncontent-length: 1\r\nconnection: Keep-Alive\r\n'],
  [true, 'HTTP/1.1 204 No\r\n'],
  [false, 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\nconnection: close\r\n'],
  [false, 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\nconnection: x, CLOSE\r\n'],
  [false, 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\nconnection: keep-alive\r\nconnection: close\r\n'],
  [false, 'HTTP/1.0 200 OK\r\ncontent-length: 1\r\n'],
  [false, 'HTTP/1.0 200 OK\r\ncontent-length: 1\r\nconnection: keep-alive, close\r\n'],
  [false, 'HTTP/1.1 200 OK\r\nconnection: keep-alive\r\n'],
  [false, 'HTTP/1.1 204 No\r\ntransfer-encoding: chunked\r\n'],
])('that a connection may carry another request is %s of %j', (isReusable, text) => {
  expect(readReplyHead(text).isReusable).toBe(isReusable);
});

import type { Socket } from 'node:net';

/** Answers what isn't HTTP, or is too slow or too large to become a request, and ends the connection. */
export function refuseBroken(status: string, socket: Socket): void {
  const body = JSON.stringify({
    error: {
      message: `The request is not well-formed HTTP (${status}).`,
      type: 'invalid_request_error',
      param: null,
      code: 'request.invalid',
    },
  });
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

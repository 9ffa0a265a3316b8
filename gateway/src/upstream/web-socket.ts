import Socket from 'ws';
import { GatewayError } from '../model/error.ts';
import type { ErrorCode } from '../model/error-rules.ts';
import type { FrameLine, LineRequest } from '../model/frame-line.ts';
import { connectionFailure } from './failure.ts';

/** Opens a WebSocket to a provider. Redirects are never followed. */
export function openWebSocket(request: LineRequest): Promise<FrameLine> {
  const { provider, origin, path, headers, frameBytesMax, timeoutMs, cancellation } = request;
  return new Promise((resolve, reject) => {
    const socket = new Socket(origin.replace(/^http/, 'ws') + path, {
      headers: headersOf(headers),
      maxPayload: frameBytesMax,
      handshakeTimeout: timeoutMs,
      followRedirects: false,
      perMessageDeflate: false,
    });
    const settle = (work: () => void): void => {
      cancellation.off(abort);
      work();
    };
    const abort = (error: GatewayError): void => {
      reject(error);
      socket.terminate();
    };
    cancellation.on(abort);
    socket.on('error', (thrown) => settle(() => reject(connectionFailure(thrown, provider))));
    socket.on('unexpected-response', (_, response) => {
      settle(() => reject(refused(response.statusCode ?? 502, provider)));
      response.destroy();
    });
    socket.on('open', () => {
      socket.pause(); // until somebody hears
      settle(() => resolve(lineOf(socket)));
    });
  });
}

function headersOf(list: readonly string[]): Record<string, string> {
  const all: Record<string, string> = {};
  for (let at = 0; at + 1 < list.length; at += 2) all[list[at] ?? ''] = list[at + 1] ?? '';
  return all;
}

const CODES: Readonly<Record<number, ErrorCode>> = {
  401: 'upstream.auth',
  403: 'upstream.auth',
  404: 'upstream.not-found',
  429: 'upstream.rate-limited',
  503: 'upstream.overloaded',
};

function refused(status: number, provider: string): GatewayError {
  const code = CODES[status] ?? (status >= 400 && status < 500 ? 'upstream.refused' : 'upstream.bad-response');
  return new GatewayError(code, `${provider} answered ${status} instead of beginning a conversation.`);
}

function lineOf(socket: Socket): FrameLine {
  return {
    send: (bytes, isBinary, onSent) => socket.send(bytes, { binary: isBinary }, () => onSent()),
    close: (code, reason) => socket.close(code, reason),
    cut: () => socket.terminate(),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    hear: ({ onFrame, onClose }) => {
      socket.on('message', (bytes, isBinary) => onFrame(bytes as Buffer, isBinary));
      socket.on('close', (code, reason) => onClose(code, reason.toString('utf8')));
      socket.resume();
    },
  };
}

import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { FrameLine } from '../model/frame-line.ts';

/** Says which of the subprotocols that a caller offers is spoken. One may hold its key, which isn't said again. */
function spoken(offered: ReadonlySet<string>): string | false {
  if (offered.has('realtime')) return 'realtime';
  return [...offered].find((name) => !name.startsWith('openai-')) ?? false;
}

/** A caller's request to talk over its socket, as it came. */
export interface UpgradeRequest {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

/** Says yes to a caller that wants to talk in frames of at most so many bytes. Rejects when its handshake is none. */
export function acceptLine({ request, socket, head }: UpgradeRequest, frameBytesMax: number): Promise<FrameLine> {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: frameBytesMax,
    perMessageDeflate: false,
    clientTracking: false,
    handleProtocols: spoken,
  });
  return new Promise((resolve, reject) => {
    server.on('wsClientError', reject);
    server.handleUpgrade(request, socket, head, (line) => {
      line.pause(); // until somebody hears
      line.on('error', () => undefined); // 'close' follows
      resolve({
        send: (bytes, isBinary, onSent) => line.send(bytes, { binary: isBinary }, () => onSent()),
        close: (code, reason) => line.close(code, reason),
        cut: () => line.terminate(),
        pause: () => line.pause(),
        resume: () => line.resume(),
        hear: ({ onFrame, onClose }) => {
          line.on('message', (bytes, isBinary) => onFrame(bytes as Buffer, isBinary));
          line.on('close', (code, reason) => onClose(code, reason.toString('utf8')));
          line.resume();
        },
      });
    });
  });
}

import type { Socket } from 'node:net';
import type { BodyStream } from '../model/upstream.ts';
import { WireFault } from './wire-fault.ts';

const LAST_CHUNK = '0\r\n\r\n';

/**
 * Sends a body as it comes, and no faster than it is taken. Resolves at its end, or when `isWanted` says no. Rejects with
 * what the body throws, and when it isn't as long as was said.
 */
export async function sendStream(
  { bytes, pieces }: BodyStream,
  socket: Socket,
  isWanted: () => boolean,
): Promise<void> {
  let sent = 0;
  for await (const piece of pieces) {
    if (!isWanted()) return;
    if (piece.length === 0) continue;
    sent += piece.length;
    if (bytes !== undefined && sent > bytes) throw new WireFault('CLOSED', 'a body that is longer than was said');
    const isTaken = bytes === undefined ? writeChunk(socket, piece) : socket.write(piece);
    if (!isTaken) await drained(socket);
  }
  if (!isWanted()) return;
  if (bytes === undefined) socket.write(LAST_CHUNK, 'latin1');
  else if (sent < bytes) throw new WireFault('CLOSED', 'a body that is shorter than was said');
}

function writeChunk(socket: Socket, piece: Buffer): boolean {
  socket.cork();
  socket.write(`${piece.length.toString(16)}\r\n`, 'latin1');
  socket.write(piece);
  const isTaken = socket.write('\r\n', 'latin1');
  socket.uncork();
  return isTaken;
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      socket.off('drain', settle);
      socket.off('close', settle);
      resolve();
    };
    socket.on('drain', settle);
    socket.on('close', settle);
    if (socket.destroyed) settle();
  });
}

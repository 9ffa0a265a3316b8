import type { Socket } from 'node:net';
import { buildConnector } from 'undici';
import { WireFault } from './wire-fault.ts';

/** Where a connection goes, and what it begins with. */
export interface Opening {
  readonly origin: URL;
  readonly connectTimeoutMs: number;
  /** Of an earlier connection to the same origin, which spares TLS half of its greeting. */
  readonly session: Buffer | undefined;
  /** Told of bytes that came. They are gone after the call. */
  readonly onBytes: (bytes: Buffer) => void;
  /** The connection is there, TLS included. */
  readonly onOpen: () => void;
}

/** Sockets are read one at a time, so what they are read into can be one for all of them. */
const READ_INTO = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * Opens a connection, TLS included, within a time. undici's own timer for that may be more than half a second late. Both
 * address families are tried, so a dead one costs little. Failures are told as the socket's.
 */
export function openSocket({ origin, connectTimeoutMs, session, onBytes, onOpen }: Opening): Socket {
  const open = buildConnector({
    timeout: 0,
    autoSelectFamily: true,
    ...(session ? { session } : {}),
    onread: {
      buffer: READ_INTO,
      callback: (length) => {
        onBytes(READ_INTO.subarray(0, length));
        return true;
      },
    },
  } as buildConnector.BuildOptions);
  const { protocol, host, hostname, port } = origin;
  // Its type doesn't say so, but it gives the socket.
  const socket = open({ protocol, host, hostname: hostname.replace(/^\[|\]$/g, ''), port }, (...[error]) => {
    clearTimeout(timer);
    if (!error) onOpen();
  }) as unknown as Socket;
  const timer = setTimeout(
    () => socket.destroy(new WireFault('CONNECT_TIMEOUT', `no connection within ${connectTimeoutMs} ms`)),
    connectTimeoutMs,
  );
  return socket.once('close', () => clearTimeout(timer));
}

import { connect, isIP, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
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

/** The platform tells of a silent death behind an open connection after about this. */
const KEEP_ALIVE_MS = 60_000;

/**
 * Opens a connection, TLS included, within a time. Both address families are tried, so a dead one costs little.
 * Failures are told as the socket's.
 */
export function openSocket({ origin, connectTimeoutMs, session, onBytes, onOpen }: Opening): Socket {
  const isSecure = origin.protocol === 'https:';
  const host = origin.hostname.replace(/^\[|\]$/g, '');
  const way = {
    host,
    port: origin.port === '' ? (isSecure ? 443 : 80) : Number(origin.port),
    autoSelectFamily: true,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_MS,
    onread: {
      buffer: READ_INTO,
      callback: (length: number) => {
        onBytes(READ_INTO.subarray(0, length));
        return true;
      },
    },
  };
  const socket = isSecure
    ? connectSecurely({ ...way, ...nameOf(host), ALPNProtocols: ['http/1.1'], ...(session ? { session } : {}) })
    : connect(way);
  const timer = setTimeout(
    () => socket.destroy(new WireFault('CONNECT_TIMEOUT', `no connection within ${connectTimeoutMs} ms`)),
    connectTimeoutMs,
  );
  socket.once(isSecure ? 'secureConnect' : 'connect', () => {
    clearTimeout(timer);
    onOpen();
  });
  return socket.once('close', () => clearTimeout(timer));
}

/** Addresses aren't names that TLS may ask for (RFC 6066, section 3). */
function nameOf(host: string): { readonly servername?: string } {
  return isIP(host) === 0 ? { servername: host } : {};
}

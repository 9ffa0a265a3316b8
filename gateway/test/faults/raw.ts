import { connect, type Socket } from 'node:net';

/** What came back over one connection. */
export interface RawAnswer {
  /** Everything the server sent. */
  readonly text: string;
  /** Of the first response; 0 when there was none. */
  readonly status: number;
  /** The server closed the connection. */
  readonly closed: boolean;
  readonly ms: number;
}

interface RawOptions {
  /** How long to wait for the server to close; an answer that keeps its connection takes this long. */
  readonly waitMs?: number;
  /** Pieces to send after the first, so far apart. */
  readonly drip?: { readonly pieces: readonly string[]; readonly everyMs: number };
}

/** Sends bytes as they are, and reads until the server closes or the time is over. Never rejects. */
export function sendRaw(port: number, bytes: Buffer | string, options: RawOptions = {}): Promise<RawAnswer> {
  const { waitMs = 3000, drip } = options;
  return new Promise((resolve) => {
    const startedMs = performance.now();
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const parts: Buffer[] = [];
    let dripping: NodeJS.Timeout | undefined;
    const settle = (closed: boolean): void => {
      clearTimeout(late);
      clearInterval(dripping);
      socket.destroy();
      const text = Buffer.concat(parts).toString('utf8');
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0);
      resolve({ text, status, closed, ms: performance.now() - startedMs });
    };
    const late = setTimeout(() => settle(false), waitMs);
    socket.on('error', () => undefined); // a reset is a close too
    socket.on('data', (part) => parts.push(part));
    socket.on('end', () => settle(true));
    socket.on('close', () => settle(true));
    socket.on('connect', () => {
      socket.write(bytes);
      if (drip) dripping = dripped(socket, drip);
    });
  });
}

function dripped(socket: Socket, { pieces, everyMs }: NonNullable<RawOptions['drip']>): NodeJS.Timeout {
  const left = [...pieces];
  return setInterval(() => {
    const next = left.shift();
    if (next !== undefined && socket.writable) socket.write(next);
  }, everyMs);
}

/** The text of one request; `lines` are headers as they are written, without their line ends. */
export function rawRequest(
  key: string,
  { target = '/v1/chat/completions', method = 'POST', lines = [], body = '' }: RawRequest = {},
): string {
  const head = [`${method} ${target} HTTP/1.1`, 'Host: gateway', `Authorization: Bearer ${key}`, ...lines];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

interface RawRequest {
  readonly method?: string;
  readonly target?: string;
  readonly lines?: readonly string[];
  readonly body?: string;
}

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One delivery that came in. */
export interface Delivered {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  readonly json: unknown;
}

/** Where callbacks are sent in tests. */
export interface CallbackServer {
  readonly url: string;
  readonly deliveries: readonly Delivered[];
  /** Every item of every delivery so far, once `enough` says yes. */
  readonly until: (enough: (deliveries: readonly Delivered[]) => boolean) => Promise<readonly Delivered[]>;
  /** Statuses to answer with, one each; the last stays. */
  readonly answer: (...statuses: readonly number[]) => void;
  readonly close: () => Promise<void>;
}

/** Takes deliveries on loopback, as Langfuse does: 207 by default. */
export async function startCallbackServer(): Promise<CallbackServer> {
  const deliveries: Delivered[] = [];
  let statuses: readonly number[] = [207];
  let onDelivery: () => void = () => undefined;
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    request.on('end', () => {
      deliveries.push({ path: request.url ?? '', headers: request.headers, text, json: JSON.parse(text) });
      const [status = 207, ...rest] = statuses;
      if (rest.length > 0) statuses = rest;
      response.writeHead(status, { 'content-type': 'application/json' }).end('{"successes":[],"errors":[]}');
      onDelivery();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    deliveries,
    until: (enough) =>
      new Promise((resolve) => {
        onDelivery = () => {
          if (enough(deliveries)) resolve(deliveries);
        };
        onDelivery();
      }),
    answer: (...next) => (statuses = next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as a provider got it. */
export interface PlainRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly json: Readonly<Record<string, unknown>>;
}

/** What a provider answers: JSON, bytes, or whatever it writes by itself. */
export type PlainAnswer =
  | { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly json: unknown }
  | { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly bytes: Buffer | string }
  | ((response: ServerResponse, request: IncomingMessage) => void);

/** A provider on loopback whose answers are a function of the request. */
export interface PlainProvider {
  readonly url: string;
  readonly requests: readonly PlainRequest[];
  answer: (request: PlainRequest) => PlainAnswer;
  readonly close: () => Promise<void>;
}

/** Starts one. Until told otherwise it answers `{}`. */
export async function startPlainProvider(): Promise<PlainProvider> {
  const requests: PlainRequest[] = [];
  const server = createServer((incoming, response) => void serve(incoming, response));
  const provider: PlainProvider = {
    url: '',
    requests,
    answer: () => ({ json: {} }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    try {
      for await (const part of incoming) parts.push(part as Buffer);
    } catch {
      return; // the gateway broke off
    }
    const body = Buffer.concat(parts);
    const request = {
      method: incoming.method ?? '',
      url: incoming.url ?? '',
      headers: incoming.headers,
      body,
      json: jsonOf(body),
    };
    requests.push(request);
    const answer = provider.answer(request);
    if (typeof answer === 'function') return answer(response, incoming);
    const bytes = 'json' in answer ? Buffer.from(JSON.stringify(answer.json)) : answer.bytes;
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers }).end(bytes);
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(provider, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

function jsonOf(body: Buffer): PlainRequest['json'] {
  try {
    return JSON.parse(body.toString('utf8')) as PlainRequest['json'];
  } catch {
    return {};
  }
}

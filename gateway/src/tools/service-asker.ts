import { GatewayError } from '../model/error.ts';
import type { Cancellation } from '../model/cancellation.ts';
import type { Transport } from '../model/upstream.ts';

/** A question to a service that the operator has chosen. Callers don't choose where it goes. */
export interface ServiceRequest {
  /** Names the service in messages. */
  readonly service: string;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; without it the question is a GET. */
  readonly body?: unknown;
  /** What certain statuses mean at this service. */
  readonly meanings?: Readonly<Record<number, string>>;
}

/** Asks a service that answers with JSON. Throws `tool.failed`. */
export type AskService = (request: ServiceRequest, cancellation: Cancellation) => Promise<unknown>;

/** Limits of what services may answer. */
export interface ServiceLimits {
  readonly bytesMax: number;
  /** Of the response headers, and of each silence; the tool's own deadline covers the whole. */
  readonly timeoutMs: number;
}

/** A service's answers, by way of the one door out. */
export function serviceAsker(transport: Transport, { bytesMax, timeoutMs }: ServiceLimits): AskService {
  return async ({ service, url, headers = {}, body, meanings = {} }, cancellation) => {
    try {
      const response = await transport(
        {
          provider: service,
          method: body === undefined ? 'GET' : 'POST',
          origin: url.origin,
          path: url.pathname + url.search,
          headers: Object.entries({
            accept: 'application/json',
            'user-agent': 'SynthLang-Proxy',
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
            ...headers,
          }).flat(),
          body: body === undefined ? undefined : Buffer.from(JSON.stringify(body)),
        },
        { cancellation, headersTimeoutMs: timeoutMs, idleTimeoutMs: timeoutMs },
      );
      if (response.status !== 200) {
        response.body.cancel();
        const meaning = meanings[response.status];
        throw failed(`${service} answered with status ${response.status}${meaning ? `: ${meaning}` : ''}.`);
      }
      return parsed(await whole(response.body, bytesMax, service), service);
    } catch (thrown) {
      if (cancellation.reason) throw cancellation.reason;
      const error = GatewayError.from(thrown);
      // Who may ask again, and where, is for providers; a tool is asked once.
      throw error.rule.blame === 'upstream' ? failed(error.message, error) : error;
    }
  };
}

/** What a service said is not what its documentation says. */
export function notUnderstood(service: string, cause?: unknown): GatewayError {
  return failed(`${service} answered something that can’t be understood.`, cause);
}

function failed(message: string, cause?: unknown): GatewayError {
  return new GatewayError('tool.failed', message, { cause });
}

async function whole(body: AsyncIterable<Buffer>, bytesMax: number, service: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const bytes of body) {
    size += bytes.length;
    if (size > bytesMax) throw failed(`${service} answered with more than ${bytesMax} bytes (tools.serviceBytesMax).`);
    pieces.push(bytes);
  }
  return Buffer.concat(pieces);
}

function parsed(bytes: Buffer, service: string): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (thrown) {
    throw notUnderstood(service, thrown);
  }
}

/** The address of a service with a path and a query behind it. */
export function serviceUrl(address: string, path: string, query: Readonly<Record<string, string>> = {}): URL {
  const url = new URL(address);
  url.pathname = url.pathname.replace(/\/$/, '') + path;
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
}

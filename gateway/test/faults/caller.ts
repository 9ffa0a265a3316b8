import {
  type Agent,
  request as httpRequest,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import { eventsOf, parsed, type DialectView, type SseEvent } from './dialect-view.ts';

/** A question as a client puts it. */
export interface Question {
  readonly dialect: DialectView;
  readonly model: string;
  readonly stream: boolean;
  readonly prompt?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Fields of the body besides the usual ones. */
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly agent?: Agent;
}

/** What a client heard. */
export interface Heard {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The body as JSON. */
  readonly json: unknown;
  readonly events: readonly SseEvent[];
  /** The text that was said. */
  readonly text: string;
  /** The connection broke before HTTP said that the reply was over. */
  readonly broken: boolean;
  /** The dialect says, somewhere, that the reply is whole. */
  readonly looksFinished: boolean;
  /** The message of the error, in the dialect's own shape, if there is one; of a stream, its last event. */
  readonly error: string | undefined;
  readonly ms: number;
}

/** A question on its way. */
export interface Asking {
  readonly heard: Promise<Heard>;
  /** Comes true with the response headers. */
  readonly begun: Promise<IncomingMessage>;
  readonly request: ClientRequest;
  /** The caller goes away. */
  readonly hangUp: () => void;
}

/** Puts a question and hears the answer out, however it ends. Never rejects, unless no answer came at all. */
export function put(url: string, key: string, question: Question): Asking {
  const { dialect, model, stream, prompt = 'Hello there', headers, fields, agent } = question;
  const body = JSON.stringify({ ...dialect.body(model, stream, prompt), ...fields });
  const startedMs = performance.now();
  const request = httpRequest(`${url}${dialect.pathOf?.(model, stream) ?? dialect.path}`, {
    method: 'POST',
    ...(agent ? { agent } : { agent: false as const }),
    headers: {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      ...dialect.headers(key),
      ...headers,
    },
  });
  const begun = new Promise<IncomingMessage>((resolve, reject) => {
    request.on('response', resolve);
    request.on('error', reject);
  });
  const heard = begun.then((response) => hearOut(response, dialect, startedMs));
  heard.catch(() => undefined);
  begun.catch(() => undefined);
  request.end(body);
  return { heard, begun, request, hangUp: () => request.destroy() };
}

/** Fetches a page over a connection of its own. */
export function get(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { headers, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end();
  });
}

/** Puts a question and waits for the whole answer. */
export function ask(url: string, key: string, question: Question): Promise<Heard> {
  return put(url, key, question).heard;
}

const KEPT_BYTES_MAX = 16 * 1024 * 1024;

function hearOut(response: IncomingMessage, dialect: DialectView, startedMs: number): Promise<Heard> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let kept = 0;
    response.on('data', (bytes: Buffer) => {
      parts.push(bytes);
      kept += bytes.length;
      // Only the beginning and the end of a monster matter.
      while (kept > KEPT_BYTES_MAX) kept -= parts.splice(parts.length >> 1, 1)[0]?.length ?? 0;
    });
    response.on('error', () => undefined);
    response.on('close', () => {
      const broken = !response.complete;
      resolve(understood(response, Buffer.concat(parts).toString('utf8'), { dialect, broken, startedMs }));
    });
  });
}

interface Hearing {
  readonly dialect: DialectView;
  readonly broken: boolean;
  readonly startedMs: number;
}

function understood(response: IncomingMessage, body: string, { dialect, broken, startedMs }: Hearing): Heard {
  const isStream = response.headers['content-type']?.startsWith('text/event-stream') ?? false;
  const events = isStream ? eventsOf(body) : [];
  const json = isStream ? undefined : parsed(body);
  const last = events.at(-1);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body,
    json,
    events,
    text: isStream ? events.map(dialect.textOfEvent).join('') : dialect.textOf(json),
    broken,
    looksFinished: isStream ? events.some(dialect.saysEnd) : response.statusCode === 200 && !broken,
    error: isStream ? last && dialect.errorOf(last) : dialect.errorOfBody(json),
    ms: performance.now() - startedMs,
  };
}

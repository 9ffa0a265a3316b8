import { EventStreamCodec } from '@smithy/eventstream-codec';
import { GatewayError } from '../../model/error.ts';
import { type Fields, isFields } from './fields.ts';

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8')),
  (text) => Buffer.from(text, 'utf8'),
);

/** One of Amazon's messages: what it is, and what it says. */
export interface AmazonMessage {
  /** `exception` is an error that the API documents, `error` one that it doesn't. */
  readonly kind: 'event' | 'exception' | 'error';
  /** The event's or the exception's name. */
  readonly name: string;
  readonly fields: Fields;
}

/**
 * Reads a whole message and checks its checksums. `undefined` for one of a kind that isn't known.
 * https://smithy.io/2.0/aws/amazon-eventstream.html
 */
export function readMessage(frame: Buffer): AmazonMessage | undefined {
  const { headers, body } = opened(frame);
  const header = (name: string): string => String(headers[name]?.value ?? '');
  switch (header(':message-type')) {
    case 'event':
      return { kind: 'event', name: header(':event-type'), fields: bodyOf(body) };
    case 'exception':
      return { kind: 'exception', name: header(':exception-type'), fields: bodyOf(body) };
    case 'error':
      return { kind: 'error', name: header(':error-code'), fields: { message: header(':error-message') } };
    default:
      return undefined;
  }
}

function opened(frame: Buffer): ReturnType<EventStreamCodec['decode']> {
  try {
    return codec.decode(frame);
  } catch (cause) {
    throw new GatewayError('upstream.bad-response', 'The provider sent a message whose bytes are damaged.', { cause });
  }
}

function bodyOf(body: Uint8Array): Fields {
  const value = parsed(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'));
  if (isFields(value)) return value;
  throw new GatewayError('upstream.bad-response', 'The provider sent a message that isn’t an object.');
}

/** Reads JSON of a provider's. */
export function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new GatewayError('upstream.bad-response', 'The provider answered something that isn’t JSON.', { cause });
  }
}

/** Writes an event. */
export function eventMessage(name: string, fields: Fields): Buffer {
  return written({ ':event-type': name, ':content-type': 'application/json', ':message-type': 'event' }, fields);
}

/** Writes an exception, which ends a stream. */
export function exceptionMessage(name: string, fields: Fields): Buffer {
  return written(
    { ':exception-type': name, ':content-type': 'application/json', ':message-type': 'exception' },
    fields,
  );
}

function written(headers: Readonly<Record<string, string>>, fields: Fields): Buffer {
  const said = Object.entries(headers).map(([name, value]) => [name, { type: 'string' as const, value }]);
  const message = { headers: Object.fromEntries(said), body: Buffer.from(JSON.stringify(fields)) };
  const bytes = codec.encode(message);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

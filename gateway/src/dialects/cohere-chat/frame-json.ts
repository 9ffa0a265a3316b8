import { GatewayError } from '../../model/error.ts';
import { dataSpan, readFrame } from '../sse.ts';
import { type Fields, isFields } from './fields.ts';

/** The field under which an unknown event of a stream travels among the fields that the vocabulary lacks. */
export const STREAM_EVENT = 'stream_event';

/** What closes a stream; the end itself is said before it. */
export const DONE = '[DONE]';

/** The JSON of a frame; `undefined` for comments and for the mark that closes a stream. */
export function frameJson(frame: Buffer): string | undefined {
  const span = dataSpan(frame);
  const json = span ? frame.toString('utf8', span.start, span.end) : readFrame(frame)?.data;
  return json === undefined || json === '' || json === DONE ? undefined : json;
}

/** Reads a body; throws `upstream.bad-response` for what isn't JSON of an object. */
export function parsedObject(json: string): Fields {
  try {
    const value: unknown = JSON.parse(json);
    if (isFields(value)) return value;
  } catch (cause) {
    throw new GatewayError('upstream.bad-response', 'The provider answered something that isn’t JSON.', { cause });
  }
  throw new GatewayError('upstream.bad-response', 'The provider answered JSON that isn’t an object.');
}

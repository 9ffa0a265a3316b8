import { GatewayError } from '../../model/error.ts';
import { dataSpan, readFrame } from '../sse.ts';
import { type Fields, isFields } from './fields.ts';

/** The field under which an unknown event of a stream travels among the fields that the vocabulary lacks. */
export const STREAM_EVENT = 'stream_event';

/** The JSON of a frame; `undefined` for comments and for `[DONE]`, which some hosts of this wire add. */
export function frameJson(frame: Buffer): string | undefined {
  const span = dataSpan(frame);
  const json = span ? frame.toString('utf8', span.start, span.end) : readFrame(frame)?.data;
  return json === undefined || json === '' || json === '[DONE]' ? undefined : json;
}

/** Reads a body; throws `upstream.bad-response` for what isn't JSON of an object. */
export function parsedFrame(json: string): Fields {
  try {
    const value: unknown = JSON.parse(json);
    if (isFields(value)) return value;
  } catch (cause) {
    throw new GatewayError('upstream.bad-response', 'The provider answered something that isn’t JSON.', { cause });
  }
  throw new GatewayError('upstream.bad-response', 'The provider answered JSON that isn’t an object.');
}

import { GatewayError } from '../../model/error.ts';
import { type Fields, isFields } from './fields.ts';

/** Reads a body or a line of a stream; throws `upstream.bad-response` for what isn’t JSON of an object. */
export function parsedObject(frame: Buffer): Fields {
  try {
    const value: unknown = JSON.parse(frame.toString('utf8'));
    if (isFields(value)) return value;
  } catch (cause) {
    throw new GatewayError('upstream.bad-response', 'The provider answered something that isn’t JSON.', { cause });
  }
  throw new GatewayError('upstream.bad-response', 'The provider answered JSON that isn’t an object.');
}

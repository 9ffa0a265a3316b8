import { notAReply } from '../openai-errors.ts';
import { dataSpan, readFrame } from '../sse.ts';
import { type Fields, isFields } from './fields.ts';

/** What a frame says; `undefined` for comments and for `[DONE]`, which some hosts of this wire add. */
export function frameEvent(frame: Buffer): Fields | undefined {
  const span = dataSpan(frame);
  const json = (span ? frame.toString('utf8', span.start, span.end) : readFrame(frame)?.data)?.trim();
  if (json === undefined || json === '' || json === '[DONE]') return undefined;
  return parsedObject(json, 'an event of the stream');
}

/** Reads JSON; throws `upstream.bad-response` for what isn't an object. */
export function parsedObject(json: string, what: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw notAReply(`${what} is not JSON`, cause);
  }
  if (!isFields(value)) throw notAReply(`${what} is not an object`);
  return value;
}

/** Reads a whole response; throws where it is neither an answer nor an error. */
export function parsedResponse(body: Buffer): Fields {
  const response = parsedObject(body.toString('utf8'), 'it');
  if (!errorIn(response) && !Array.isArray(response['output'])) throw notAReply('it has no list of output');
  return response;
}

/** The error that a response or an event of a stream says, if it says one. */
export function errorIn(said: Fields): Fields | undefined {
  const { error, status } = said;
  if (isFields(error)) return error;
  if (typeof error === 'string') return { message: error };
  return status === 'failed' ? { message: 'The response failed, and the provider didn’t say why.' } : undefined;
}

/** The error of an event that says how a stream broke, if it is one. */
export function streamError(event: Fields): Fields | undefined {
  const { type, response } = event;
  if (type === 'response.failed')
    return errorIn(isFields(response) ? { status: 'failed', ...response } : { status: 'failed' });
  if (type === 'error') return errorIn(event) ?? event;
  return type === undefined ? errorIn(event) : undefined;
}

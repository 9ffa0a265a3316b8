import type { ReplyEvent, Wire } from '../../model/reply.ts';
import type { Dialect, Transducer } from '../contract.ts';
import { readComplaint, writeError } from '../openai-errors.ts';
import { glanceOpenaiBody, glanceOpenaiStream } from '../openai-glance.ts';
import { patchOpenaiReply } from '../openai-reply-patch.ts';
import { ReplyReading } from '../openai-reply-reading.ts';
import { patchOpenaiRequest } from '../openai-request-patch.ts';
import { OPENAI_END_MARK, readingBody, readingStream } from '../openai-stream.ts';
import { encodeCompletionReply } from './encode-reply.ts';
import { encodeCompletionRequest } from './encode-request.ts';
import { readCompletionRequest } from './read-request.ts';
import { CHOICE_FIELDS, TextReading } from './text-reading.ts';

/**
 * OpenAI's older text completions: a prompt goes on. They know no roles, tools or pictures.
 * https://platform.openai.com/docs/api-reference/completions
 */
export const openaiCompletions: Dialect = {
  id: 'openai-completions',
  streamForm: 'sse',
  endMark: OPENAI_END_MARK,
  readRequest: readCompletionRequest,
  encodeRequest: encodeCompletionRequest,
  patchRequest: patchOpenaiRequest,
  decodeReply: decodeCompletionReply,
  glanceReply: (form) =>
    form === 'sse' ? glanceOpenaiStream('openai-completions') : glanceOpenaiBody('openai-completions'),
  patchReply: patchOpenaiReply,
  encodeReply: encodeCompletionReply,
  encodeError: (error) => Buffer.from(JSON.stringify(writeError(error))),
  readError: readComplaint,
};

function decodeCompletionReply(form: Wire['form']): Transducer<Buffer, ReplyEvent> {
  const whole = form === 'json';
  const reading = new ReplyReading({
    dialect: 'openai-completions',
    whole,
    choiceFields: CHOICE_FIELDS,
    readerFor: (answer) => new TextReading(answer),
  });
  return whole ? readingBody(reading) : readingStream(reading);
}

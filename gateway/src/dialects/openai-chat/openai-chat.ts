import type { ReplyEvent, Wire } from '../../model/reply.ts';
import type { Dialect, Transducer } from '../contract.ts';
import { readComplaint, writeError } from '../openai-errors.ts';
import { glanceOpenaiBody, glanceOpenaiStream } from '../openai-glance.ts';
import { patchOpenaiReply } from '../openai-reply-patch.ts';
import { ReplyReading } from '../openai-reply-reading.ts';
import { patchOpenaiRequest } from '../openai-request-patch.ts';
import { OPENAI_END_MARK, readingBody, readingStream } from '../openai-stream.ts';
import { encodeChatReply } from './encode-reply.ts';
import { encodeChatRequest } from './encode-request.ts';
import { CHOICE_FIELDS, MessageReading } from './message-reading.ts';
import { readChatRequest } from './read-request.ts';

/**
 * OpenAI chat completions, the dialect most of the world speaks.
 * https://platform.openai.com/docs/api-reference/chat
 */
export const openaiChat: Dialect = {
  id: 'openai-chat',
  streamForm: 'sse',
  endMark: OPENAI_END_MARK,
  readRequest: readChatRequest,
  encodeRequest: encodeChatRequest,
  patchRequest: patchOpenaiRequest,
  decodeReply: decodeChatReply,
  glanceReply: (form) => (form === 'sse' ? glanceOpenaiStream('openai-chat') : glanceOpenaiBody('openai-chat')),
  patchReply: patchOpenaiReply,
  encodeReply: encodeChatReply,
  encodeError: (error) => Buffer.from(JSON.stringify(writeError(error))),
  readError: readComplaint,
};

function decodeChatReply(form: Wire['form']): Transducer<Buffer, ReplyEvent> {
  const whole = form === 'json';
  const reading = new ReplyReading({
    dialect: 'openai-chat',
    whole,
    choiceFields: CHOICE_FIELDS,
    readerFor: (answer) => new MessageReading(answer, whole),
  });
  return whole ? readingBody(reading) : readingStream(reading);
}

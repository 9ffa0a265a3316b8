import type { ReplyEvent, Wire } from '../../model/reply.ts';
import type { Transducer } from '../contract.ts';
import { replyError } from '../openai-errors.ts';
import { type Fields, isFields } from './fields.ts';
import { errorIn, frameEvent, parsedResponse, streamError } from './frame-json.ts';
import { LAST_EVENTS } from './reply-in.ts';
import { finishOf } from './status.ts';
import { usageOf } from './usage.ts';

/** The meter's decoder: usage, finish, error and end, and as little reading as they need. */
export function glanceReply(form: Wire['form']): Transducer<Buffer, ReplyEvent> {
  return form === 'json' ? { push: glanceAtBody, end: () => [] } : glanceAtStream();
}

// In a text every quote is escaped, so words between bare quotes are never what the model said.
const DELTA = Buffer.from('event: response.output_text.delta');
const CALLS = ['"function_call"', '"custom_tool_call"'].map((word) => Buffer.from(word));
const LAST = ['"response.completed"', '"response.incomplete"', '"response.failed"', '"error"'].map((word) =>
  Buffer.from(word),
);
const ITEM = Buffer.from('"response.output_item.');
const BRACE = 0x7b;
const DATA = Buffer.from('data:');
const NOTHING: readonly ReplyEvent[] = [];

function glanceAtStream(): Transducer<Buffer, ReplyEvent> {
  let calledTools = false;
  let isOver = false;
  return {
    push(frame) {
      if (isOver || startsWith(frame, DELTA)) return NOTHING;
      if (!LAST.some((word) => frame.includes(word)) && isEvent(frame)) {
        calledTools ||= frame.includes(ITEM) && CALLS.some((word) => frame.includes(word));
        return NOTHING;
      }
      const event = frameEvent(frame);
      if (!event) return NOTHING;
      const error = streamError(event);
      const { response, type } = event;
      isOver = error !== undefined || LAST_EVENTS.has(type);
      if (error) return [{ type: 'error', error: replyError(error) }];
      return isOver && isFields(response) ? endingOf(response, calledTools) : NOTHING;
    },
    end: () => NOTHING,
  };
}

function startsWith(frame: Buffer, word: Buffer): boolean {
  return frame.length > word.length && frame.compare(word, 0, word.length, 0, word.length) === 0;
}

/** Whether a frame has an object to say; what else a provider sends must be read to be refused. */
function isEvent(frame: Buffer): boolean {
  const at = frame.indexOf(DATA);
  if (at === -1) return true;
  const first = frame[at + DATA.length] === 0x20 ? at + DATA.length + 1 : at + DATA.length;
  return frame[first] === BRACE;
}

function endingOf(response: Fields, calledTools: boolean): readonly ReplyEvent[] {
  const usage = usageOf(response);
  return [...(usage ? [{ type: 'usage', usage } as const] : []), finishOf(response, calledTools), { type: 'end' }];
}

function glanceAtBody(body: Buffer): readonly ReplyEvent[] {
  const response = parsedResponse(body);
  const error = errorIn(response);
  return error ? [{ type: 'error', error: replyError(error) }] : endingOf(response, false);
}

import type { ReplyEvent, Wire } from '../../model/reply.ts';
import type { Transducer } from '../contract.ts';
import { fieldSpans } from '../json-spans.ts';
import { endingOf } from './finish-reason.ts';
import { decodeReply } from './reply-in.ts';

const ENDINGS: ReadonlySet<string> = new Set(['usage', 'finish', 'error', 'end']);
const NOTHING: readonly ReplyEvent[] = [];
const END = Buffer.from('"message-end"');
const TYPE = Buffer.from('"type"');
const OPEN_BRACE = 0x7b;

/** The meter's decoder. Only the last event of a stream is read, and what is no event at all: an error. */
export function glanceReply(form: Wire['form']): Transducer<Buffer, ReplyEvent> {
  const { push, end } = decodeReply(form);
  const seen = (events: readonly ReplyEvent[]): readonly ReplyEvent[] => events.filter(({ type }) => ENDINGS.has(type));
  if (form === 'json') return { push: (body) => endOfBody(body) ?? seen(push(body)), end: () => NOTHING };
  return {
    push: (frame) => (frame.includes(END) || !frame.includes(TYPE) ? seen(push(frame)) : NOTHING),
    end: () => seen(end()),
  };
}

/** Only the few fields that matter are parsed; the message is stepped over. */
function endOfBody(body: Buffer): readonly ReplyEvent[] | undefined {
  const spans = fieldSpans(body);
  const at = (key: string) => spans?.findLast((span) => span.key === key);
  if (body[at('message')?.valueStart ?? -1] !== OPEN_BRACE) return undefined;
  const read = (key: string): unknown => {
    const span = at(key);
    return span && JSON.parse(body.toString('utf8', span.valueStart, span.valueEnd));
  };
  return endingOf({ finish_reason: read('finish_reason'), usage: read('usage'), error: read('error') });
}

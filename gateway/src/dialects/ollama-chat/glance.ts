import type { ReplyEvent, Wire } from '../../model/reply.ts';
import type { Transducer } from '../contract.ts';
import { decodeReply } from './reply-in.ts';

const ENDINGS: ReadonlySet<string> = new Set(['usage', 'finish', 'error', 'end']);
const NOTHING: readonly ReplyEvent[] = [];
/** Inside a text its quotes would be escaped. */
const GOES_ON = Buffer.from('"done":false');
const IS_OVER = Buffer.from('"done":true');
const CALLS = Buffer.from('"tool_calls"');

/** The meter’s decoder. A line that says it isn’t the last, and calls no tool, is not read. */
export function glanceReply(form: Wire['form']): Transducer<Buffer, ReplyEvent> {
  const { push } = decodeReply(form);
  const seen = (events: readonly ReplyEvent[]): readonly ReplyEvent[] => events.filter(({ type }) => ENDINGS.has(type));
  const isDull = (frame: Buffer): boolean =>
    frame.includes(GOES_ON) && !frame.includes(CALLS) && !frame.includes(IS_OVER);
  return {
    push: (frame) => (isDull(frame) ? NOTHING : seen(push(frame))),
    end: () => NOTHING,
  };
}

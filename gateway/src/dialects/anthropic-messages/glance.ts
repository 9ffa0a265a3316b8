import { GatewayError } from '../../model/error.ts';
import type { ReplyEvent, Wire } from '../../model/reply.ts';
import type { Transducer } from '../contract.ts';
import { fieldSpans } from '../json-spans.ts';
import { errorOf } from './errors.ts';
import { type Fields, isFields } from './fields.ts';
import { finishOf } from './stop-reason.ts';
import { frameJson, parsedFrame } from './frame-json.ts';
import { mergedUsage, usageOf } from './usage.ts';

/** The meter's decoder: usage, finish, error and end, and as little reading as they need. */
export function glanceReply(form: Wire['form']): Transducer<Buffer, ReplyEvent> {
  return form === 'json' ? { push: glanceAtBody, end: () => [] } : glanceAtStream();
}

const CONTENT = Buffer.from('event: content_block_');
const PING = Buffer.from('event: ping');
/** What the frames say that are worth reading; text may say it too, and is then read for nothing. */
const WORTH_READING = ['"message_delta"', '"message_start"', '"message_stop"', '"error"'].map((word) =>
  Buffer.from(word),
);
const OPEN_BRACKET = 0x5b;
const NOTHING: readonly ReplyEvent[] = [];

function glanceAtStream(): Transducer<Buffer, ReplyEvent> {
  let usage: Fields | undefined;
  return {
    push(frame) {
      if (startsWith(frame, CONTENT) || startsWith(frame, PING)) return NOTHING;
      if (!WORTH_READING.some((word) => frame.includes(word))) return NOTHING;
      const json = frameJson(frame);
      if (json === undefined) return NOTHING;
      const event = parsedFrame(json);
      const said = usageIn(event);
      if (said) usage = usage ? mergedUsage(usage, said) : said;
      return glanced(event, said && usage);
    },
    end: () => NOTHING,
  };
}

function startsWith(frame: Buffer, word: Buffer): boolean {
  return frame.length > word.length && frame.compare(word, 0, word.length, 0, word.length) === 0;
}

function usageIn({ type, message, usage }: Fields): Fields | undefined {
  const said = type === 'message_start' && isFields(message) ? message['usage'] : usage;
  return (type === 'message_start' || type === 'message_delta') && isFields(said) ? said : undefined;
}

function glanced(event: Fields, usage: Fields | undefined): readonly ReplyEvent[] {
  const events: ReplyEvent[] = usage ? [{ type: 'usage', usage: usageOf(usage) }] : [];
  const { type, delta } = event;
  if (type === 'message_delta' && isFields(delta) && typeof delta['stop_reason'] === 'string') {
    events.push(finishOf(delta['stop_reason'], delta['stop_sequence']));
  }
  if (type === 'error') events.push({ type: 'error', error: errorOf(event) });
  if (type === 'message_stop') events.push({ type: 'end' });
  return events;
}

/** Only the few fields that matter are parsed; the content is stepped over. */
function glanceAtBody(body: Buffer): readonly ReplyEvent[] {
  const spans = fieldSpans(body);
  const at = (key: string) => spans?.findLast((span) => span.key === key);
  const read = (key: string): unknown => {
    const span = at(key);
    return span && JSON.parse(body.toString('utf8', span.valueStart, span.valueEnd));
  };
  if (!spans || read('type') === 'error' || isFields(read('error')))
    return [{ type: 'error', error: errorOf(parsedFrame(body.toString('utf8'))) }];
  if (body[at('content')?.valueStart ?? -1] !== OPEN_BRACKET)
    throw new GatewayError('upstream.bad-response', 'The provider’s message has no content.');
  const usage = read('usage');
  const reason = read('stop_reason');
  return [
    ...(isFields(usage) ? [{ type: 'usage', usage: usageOf(usage) } as const] : []),
    ...(typeof reason === 'string' ? [finishOf(reason, read('stop_sequence'))] : []),
    { type: 'end' },
  ];
}

import { GatewayError } from '../../model/error.ts';
import type { ReplyEvent, Wire } from '../../model/reply.ts';
import type { Transducer } from '../contract.ts';
import { madeId } from '../made-id.ts';
import { blockEvents } from './block-in.ts';
import { DIALECT, isFields, objectsOf, textOf } from './fields.ts';
import { parsed } from './messages.ts';
import { finishOf } from './stop-reason.ts';
import { StreamReader } from './stream-in.ts';
import { usageOf } from './usage.ts';

/** Frames to events. */
export function decodeReply(form: Wire['form']): Transducer<Buffer, ReplyEvent> {
  if (form === 'json') return { push: wholeReply, end: () => [] };
  const reader = new StreamReader();
  return { push: (frame) => reader.push(frame), end: () => reader.end() };
}

const ENDINGS: ReadonlySet<string> = new Set(['usage', 'finish', 'error', 'end']);
/** Events that neither end a reply nor count its tokens. */
const CONTENT = ['contentBlockDelta', 'contentBlockStart', 'contentBlockStop'].map((name) => Buffer.from(name));
/** Names stand among the headers, in front. */
const HEADERS_BYTES_MAX = 160;

/** The meter's decoder. Messages of content are known by their name and are not opened. */
export function glanceReply(form: Wire['form']): Transducer<Buffer, ReplyEvent> {
  const { push, end } = decodeReply(form);
  const seen = (events: readonly ReplyEvent[]): readonly ReplyEvent[] => events.filter(({ type }) => ENDINGS.has(type));
  const isContent = (frame: Buffer): boolean => {
    const head = frame.subarray(0, HEADERS_BYTES_MAX);
    return CONTENT.some((name) => {
      const at = head.indexOf(name);
      return at !== -1 && at < head.indexOf('{');
    });
  };
  return {
    push: (frame) => (form !== 'json' && isContent(frame) ? [] : seen(push(frame))),
    end: () => seen(end()),
  };
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_ResponseSyntax */
function wholeReply(body: Buffer): readonly ReplyEvent[] {
  const json = body.toString('utf8');
  const reply = parsed(json);
  const output = isFields(reply) ? reply['output'] : undefined;
  const message = isFields(output) ? output['message'] : undefined;
  if (!isFields(reply) || !isFields(message))
    throw new GatewayError('upstream.bad-response', 'The provider’s reply has no message.');
  const { output: _output, stopReason, usage, ...fields } = reply;
  return [
    { type: 'start', id: madeId(json), model: '' },
    { type: 'native', dialect: DIALECT, fields },
    ...objectsOf(message['content']).flatMap((content, block) => blockEvents(content, { choice: 0, block })),
    finishOf(textOf(stopReason) ?? '', fields['additionalModelResponseFields']),
    ...(isFields(usage) ? [{ type: 'usage', usage: usageOf(usage) } as const] : []),
    { type: 'end' },
  ];
}

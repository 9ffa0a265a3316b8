import { GatewayError } from '../../model/error.ts';
import type { ReplyEvent, Wire } from '../../model/reply.ts';
import type { Transducer } from '../contract.ts';
import { blockStartOf, heldBy, nativeStart } from './block-in.ts';
import { errorOf } from './errors.ts';
import { DIALECT, type Fields, isFields, Reading } from './fields.ts';
import { parsedFrame } from './frame-json.ts';
import { finishOf } from './stop-reason.ts';
import { streamDecoder } from './stream-in.ts';
import { usageOf } from './usage.ts';

/** Frames to events. */
export function decodeReply(form: Wire['form']): Transducer<Buffer, ReplyEvent> {
  return form === 'sse' ? streamDecoder() : { push: wholeReply, end: () => [] };
}

/** https://platform.claude.com/docs/en/api/messages */
function wholeReply(body: Buffer): readonly ReplyEvent[] {
  const message = parsedFrame(body.toString('utf8'));
  if (message['type'] === 'error' || isFields(message['error'])) return [{ type: 'error', error: errorOf(message) }];
  const reading = new Reading(message, ['type', 'role', 'stop_sequence']);
  const content = reading.list('content');
  if (!content) throw new GatewayError('upstream.bad-response', 'The provider’s message has no content.');
  const start = { type: 'start', id: reading.text('id') ?? '', model: reading.text('model') ?? '' } as const;
  const blocks = content.flatMap((block, index) => (isFields(block) ? blockEvents(block, index) : []));
  const usage = reading.object('usage');
  const reason = reading.text('stop_reason');
  const fields = reading.rest();
  return [
    start,
    ...(fields ? [{ type: 'native', dialect: DIALECT, fields } as const] : []),
    ...blocks,
    ...(usage ? [{ type: 'usage', usage: usageOf(usage) } as const] : []),
    ...(reason === undefined ? [] : [finishOf(reason, message['stop_sequence'])]),
    { type: 'end' },
  ];
}

function blockEvents(wire: Fields, block: number): ReplyEvent[] {
  const at = { choice: 0, block } as const;
  const start = blockStartOf(wire) ?? nativeStart(wire);
  const input = start.kind === 'tool-call' ? JSON.stringify(wire['input'] ?? {}) : undefined;
  return [
    { type: 'block-start', ...at, start },
    ...heldBy(wire, at),
    ...(input === undefined ? [] : [{ type: 'tool-input-delta', ...at, json: input } as const]),
    { type: 'block-end', ...at },
  ];
}

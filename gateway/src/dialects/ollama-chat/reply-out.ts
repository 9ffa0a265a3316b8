import type { Block, ChatReply } from '../../model/fold.ts';
import type { ReplyEvent, Wire } from '../../model/reply.ts';
import type { EncodeOptions, Transducer } from '../contract.ts';
import { foldedBody } from '../folded-body.ts';
import { callOut } from './call-out.ts';
import { timeOut } from './created-at.ts';
import { DIALECT, type Fields, present } from './fields.ts';
import { reasonOut } from './finish-reason.ts';
import { StreamEncoder } from './stream-out.ts';
import { usageOut } from './usage.ts';

/** Events to bytes. This wire says usage always, and one answer only. */
export function encodeReply(form: Wire['form'], options: EncodeOptions): Transducer<ReplyEvent, Buffer> {
  if (form === 'json') return foldedBody((reply) => replyOut(reply, options));
  const encoder = new StreamEncoder(options);
  return { push: (event) => encoder.push(event), end: () => encoder.end() };
}

function replyOut(
  { choices, usage, native, createdAtSeconds }: ChatReply,
  { model, nowSeconds }: EncodeOptions,
): Fields {
  const choice = choices.find(({ index }) => index === 0);
  const finish = choice?.finish && { reason: choice.finish, ...present({ native: choice.nativeFinish }) };
  return present({
    model,
    created_at: timeOut(createdAtSeconds ?? nowSeconds),
    ...nativeFields(native),
    message: { ...nativeFields(choice?.native ?? []), ...messageOut(choice?.blocks ?? []) },
    done: true,
    done_reason: reasonOut(finish),
    logprobs: choice?.logprobs,
    ...usageOut(usage),
  });
}

function nativeFields(native: ChatReply['native']): Fields {
  return Object.assign({}, ...native.flatMap(({ dialect, fields }) => (dialect === DIALECT ? [fields] : []))) as Fields;
}

function messageOut(blocks: readonly Block[]): Fields {
  const calls = blocks.flatMap((block) => (block.kind === 'tool-call' ? [callOut(block)] : []));
  const said = blocks.flatMap((block) => (block.kind === 'text' || block.kind === 'refusal' ? block.text : []));
  const thought = blocks.flatMap((block) => (block.kind === 'reasoning' ? block.text : []));
  return present({
    role: 'assistant',
    content: said.join(''),
    thinking: thought.length > 0 ? thought.join('') : undefined,
    tool_calls: calls.length > 0 ? calls : undefined,
  });
}

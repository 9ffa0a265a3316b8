import type { ChatReply, Choice } from '../../model/fold.ts';
import type { ReplyEvent, Wire } from '../../model/reply.ts';
import type { EncodeOptions, Transducer } from '../contract.ts';
import { foldedBody } from '../folded-body.ts';
import { blockOut, createTimeOf, nativeFields } from './block-out.ts';
import { type Fields, isFields, present } from './fields.ts';
import { reasonOut } from './finish-reason.ts';
import { groundingOut } from './grounding.ts';
import { logprobsOut } from './logprobs.ts';
import { streamEncoder } from './stream-out.ts';
import { usageOut } from './usage.ts';

/** Events to bytes. This wire says usage always. */
export function encodeReply(form: Wire['form'], options: EncodeOptions): Transducer<ReplyEvent, Buffer> {
  return form === 'sse' ? streamEncoder(options) : foldedBody((reply) => replyOut(reply, options.model));
}

function replyOut(reply: ChatReply, model: string): Fields {
  const fields = nativeFields(reply.native);
  const isRefused = isFields(fields['promptFeedback']) && reply.choices.every(({ blocks }) => blocks.length === 0);
  return {
    ...(isRefused ? {} : { candidates: reply.choices.map(candidateOut) }),
    ...present({ usageMetadata: usageOut(reply.usage), createTime: createTimeOf(reply) }),
    modelVersion: model,
    responseId: reply.id,
    ...fields,
  };
}

function candidateOut(choice: Choice): Fields {
  const { index, blocks, finish, nativeFinish, logprobs, native } = choice;
  const parts = blocks.map(blockOut).filter((part) => part !== undefined);
  const cited = blocks.flatMap((block) =>
    block.kind === 'text' ? block.citations.map((citation) => ({ citation, text: block.text })) : [],
  );
  return {
    content: { parts: parts.length > 0 ? parts : [{ text: '' }], role: 'model' },
    finishReason: reasonOut(finish && { reason: finish, ...(nativeFinish ? { native: nativeFinish } : {}) }),
    index,
    ...present({ groundingMetadata: groundingOut(cited), logprobsResult: logprobs && logprobsOut(logprobs) }),
    ...nativeFields(native),
  };
}

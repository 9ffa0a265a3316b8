import type { Block, ChatReply, Choice } from '../../model/fold.ts';
import type { ReplyEvent, Wire } from '../../model/reply.ts';
import type { EncodeOptions, Transducer } from '../contract.ts';
import { foldedBody } from '../folded-body.ts';
import { citationOut } from './citations.ts';
import { DIALECT, type Fields, isFields, ownFields, present } from './fields.ts';
import { inputObject } from './parts-out.ts';
import { reasonOut } from './stop-reason.ts';
import { StreamEncoder } from './stream-out.ts';
import { usageOut } from './usage.ts';
import { redactedOut } from './redacted.ts';

/** Events to bytes. This wire says usage always, and no model. */
export function encodeReply(form: Wire['form'], _options: EncodeOptions): Transducer<ReplyEvent, Buffer> {
  if (form === 'json') return foldedBody(replyOut);
  const encoder = new StreamEncoder();
  return { push: (event) => encoder.push(event), end: () => encoder.end() };
}

function replyOut({ choices, usage, native }: ChatReply): Fields {
  const choice = choices.find(({ index }) => index === 0);
  const content = choice?.blocks.flatMap((block) => blockOut(block) ?? []) ?? [];
  return {
    metrics: { latencyMs: 0 },
    ...nativeFields(native),
    output: { message: { role: 'assistant', content } },
    stopReason: reasonOut(finishIn(choice)),
    usage: usageOut(usage),
  };
}

function finishIn(choice: Choice | undefined): Parameters<typeof reasonOut>[0] {
  if (choice?.finish === undefined) return undefined;
  const { finish: reason, nativeFinish: native, stopSequence } = choice;
  return { reason, ...present({ native, stopSequence }) };
}

function blockOut(block: Block): Fields | undefined {
  switch (block.kind) {
    case 'text':
      if (block.citations.length === 0) return { text: block.text };
      return { citationsContent: { content: [{ text: block.text }], citations: block.citations.map(citationOut) } };
    case 'refusal':
      return { text: block.text };
    case 'reasoning':
      return { reasoningContent: { reasoningText: present({ text: block.text, signature: block.signature }) } };
    case 'redacted-reasoning':
      return { reasoningContent: { redactedContent: redactedOut(block.data) } };
    case 'tool-call':
      return {
        toolUse: {
          ...ownFields(block.extra),
          toolUseId: block.id,
          name: block.name,
          input: inputObject(block.input, block.freeform),
        },
      };
    case 'native':
      return block.dialect === DIALECT && isFields(block.value) ? block.value : undefined;
  }
}

/** Fields of this dialect among those of all. */
function nativeFields(native: ChatReply['native']): Fields {
  return Object.assign(
    {},
    ...native.filter(({ dialect }) => dialect === DIALECT).map(({ fields }) => fields),
  ) as Fields;
}

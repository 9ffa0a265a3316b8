import type { Block, ChatReply, Choice } from '../../model/fold.ts';
import type { ReplyEvent, Wire } from '../../model/reply.ts';
import type { EncodeOptions, Transducer } from '../contract.ts';
import { foldedBody } from '../folded-body.ts';
import { callOut, isPlan } from './block-out.ts';
import { citationOut } from './citations.ts';
import { DIALECT, type Fields, isFields, objectsOf, ownFields, present } from './fields.ts';
import { reasonOut } from './finish-reason.ts';
import { STREAM_EVENT } from './frame-json.ts';
import { logprobsOut } from './logprobs.ts';
import { StreamEncoder } from './stream-out.ts';
import { usageOut } from './usage.ts';

/** Events to bytes. This wire says usage always, no model, and one answer only. */
export function encodeReply(form: Wire['form'], _options: EncodeOptions): Transducer<ReplyEvent, Buffer> {
  if (form === 'json') return foldedBody(replyOut);
  const encoder = new StreamEncoder();
  return { push: (event) => encoder.push(event), end: () => encoder.end() };
}

function replyOut({ id, choices, usage, native }: ChatReply): Fields {
  const choice = choices.find(({ index }) => index === 0);
  const own = native.filter(({ dialect }) => dialect === DIALECT).map(({ fields }) => fields);
  const { [STREAM_EVENT]: _event, message, ...rest } = Object.assign({}, ...own) as Fields;
  return present({
    ...rest,
    id,
    message: messageOut(choice?.blocks ?? [], isFields(message) ? message : {}),
    finish_reason: reasonOut(finishIn(choice)),
    usage: usageOut(usage),
    logprobs: choice?.logprobs && logprobsOut(choice.logprobs),
  });
}

function finishIn(choice: Choice | undefined): Parameters<typeof reasonOut>[0] {
  if (choice?.finish === undefined) return undefined;
  const { finish: reason, nativeFinish: native, stopSequence } = choice;
  return { reason, ...present({ native, stopSequence }) };
}

/** Lists that would be empty are left out, as the provider leaves them out. */
function messageOut(blocks: readonly Block[], own: Fields): Fields {
  const content = blocks.flatMap(contentOut);
  const plan = blocks.flatMap((block) => (isPlan(block) && block.kind === 'reasoning' ? block.text : []));
  const calls = blocks.flatMap((block) => (block.kind === 'tool-call' ? callOut(block, block.input) : []));
  const cited = blocks.flatMap((block) => (block.kind === 'text' ? block.citations.map(citationOut) : []));
  const citations = [...objectsOf(own['citations']), ...cited];
  return present({
    ...own,
    role: 'assistant',
    content: content.length > 0 || calls.length === 0 ? content : undefined,
    tool_plan: plan.length > 0 ? plan.join('') : undefined,
    tool_calls: calls.length > 0 ? calls : undefined,
    citations: citations.length > 0 ? citations : undefined,
  });
}

function contentOut(block: Block): readonly Fields[] {
  switch (block.kind) {
    case 'text':
    case 'refusal':
      return [{ ...ownFields(block.extra), type: 'text', text: block.text }];
    case 'reasoning':
      return isPlan(block) ? [] : [{ ...ownFields(block.extra), type: 'thinking', thinking: block.text }];
    case 'native':
      return block.dialect === DIALECT && isFields(block.value) ? [block.value] : [];
    case 'redacted-reasoning':
    case 'tool-call':
      return [];
  }
}

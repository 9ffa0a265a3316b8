import type { Block, ChatReply, Choice, NativeFields } from '../../model/fold.ts';
import type { EncodeOptions } from '../contract.ts';
import { writeFinish } from '../openai-finish.ts';
import type { JsonDraft, JsonObject } from '../json-object.ts';
import { writeUsage } from '../openai-usage.ts';
import { writeAnnotation } from './annotations.ts';
import { addDelta, nativeChoice } from '../openai-native.ts';
import { encryptedDetail, signedDetail } from './reasoning-details.ts';

type BlockOf<Kind extends Block['kind']> = Extract<Block, { kind: Kind }>;

/** Writes a whole reply. https://platform.openai.com/docs/api-reference/chat/object */
export function writeChatBody(reply: ChatReply, { model, nowSeconds = 0 }: EncodeOptions): JsonObject {
  return {
    id: reply.id,
    object: 'chat.completion',
    created: reply.createdAtSeconds ?? nowSeconds,
    model,
    choices: reply.choices.map(choiceBody),
    ...(reply.usage ? { usage: writeUsage(reply.usage, 'openai-chat') } : {}),
    ...ownFields(reply.native),
  };
}

function ownFields(natives: readonly NativeFields[]): JsonObject {
  const sum: JsonDraft = {};
  for (const { dialect, fields } of natives) if (dialect === 'openai-chat') Object.assign(sum, fields);
  return sum;
}

function choiceBody({ index, blocks, finish, nativeFinish, logprobs, native }: Choice): JsonObject {
  const message: JsonDraft = {};
  const beside: JsonDraft = {};
  let reasoningField = 'reasoning_content';
  for (const { dialect, fields } of native) {
    if (dialect !== 'openai-chat') continue;
    const own = nativeChoice(fields);
    addDelta(message, own.message);
    addDelta(beside, own.beside);
    reasoningField = own.reasoningField ?? reasoningField;
  }
  return {
    index,
    message: messageBody(blocks, message, reasoningField),
    logprobs: logprobs ? { content: logprobs, refusal: null } : null,
    finish_reason: writeFinish(finish ?? 'stop', nativeFinish, 'openai-chat'),
    ...beside,
  };
}

function messageBody(blocks: readonly Block[], native: JsonObject, reasoningField: string): JsonObject {
  const body: JsonDraft = { role: 'assistant', content: contentOf(blocks), refusal: refusalOf(blocks) };
  const reasoning = ofKind(blocks, 'reasoning').map(({ text }) => text);
  if (reasoning.length > 0) body[reasoningField] = reasoning.join('');
  const calls = ofKind(blocks, 'tool-call').map(callBody);
  if (calls.length > 0) body['tool_calls'] = calls;
  const annotations = ofKind(blocks, 'text').flatMap(({ citations }) => citations.map(writeAnnotation));
  addDelta(body, { annotations: annotations.filter((annotation) => annotation !== undefined) });
  const details = detailsOf(blocks);
  if (details.length > 0) body['reasoning_details'] = details;
  addDelta(body, native);
  return body;
}

function ofKind<Kind extends Block['kind']>(blocks: readonly Block[], kind: Kind): readonly BlockOf<Kind>[] {
  return blocks.filter((block): block is BlockOf<Kind> => block.kind === kind);
}

/** Text, or a list where the provider's own list had parts that only it knows. */
function contentOf(blocks: readonly Block[]): unknown {
  const own = ofKind(blocks, 'native').filter(({ dialect }) => dialect === 'openai-chat');
  const texts = ofKind(blocks, 'text');
  if (own.length === 0) {
    const isElsewhere = blocks.some(({ kind }) => kind === 'tool-call' || kind === 'refusal');
    return texts.length === 0 && isElsewhere ? null : texts.map(({ text }) => text).join('');
  }
  return blocks.flatMap((block) => {
    if (block.kind === 'text') return [{ type: 'text', text: block.text }];
    return block.kind === 'native' && block.dialect === 'openai-chat' ? [block.value] : [];
  });
}

function refusalOf(blocks: readonly Block[]): string | null {
  const refusals = ofKind(blocks, 'refusal');
  return refusals.length === 0 ? null : refusals.map(({ text }) => text).join('');
}

function callBody({ id, name, input, freeform, extra }: BlockOf<'tool-call'>): JsonObject {
  const own = extra?.dialect === 'openai-chat' ? extra.fields : {};
  if (freeform) return { id, type: 'custom', custom: { name, input }, ...own };
  return { id, type: 'function', function: { name, arguments: input }, ...own };
}

function detailsOf(blocks: readonly Block[]): readonly JsonObject[] {
  const details: JsonObject[] = [];
  for (const block of blocks) {
    if (block.kind === 'redacted-reasoning') details.push(encryptedDetail(block.data, details.length));
    else if (block.kind === 'reasoning' && block.signature !== undefined) {
      details.push(signedDetail(block.text, block.signature, details.length));
    }
  }
  return details;
}

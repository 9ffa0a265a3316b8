import type { Block, Choice } from '../../model/fold.ts';
import type { BlockStart } from '../../model/reply.ts';
import { DIALECT, type Fields, isFields, ownFields, present, spellingOf } from './fields.ts';
import { argumentsOf } from './parts-out.ts';

/** A whole block of a reply as a part; `undefined` for what only another dialect can say. */
export function blockOut(block: Block): Fields | undefined {
  switch (block.kind) {
    case 'text':
      return { ...ownFields(block.extra), text: block.text };
    case 'refusal':
      return { text: block.text };
    case 'reasoning':
      return present({ text: block.text, thought: true, thoughtSignature: block.signature });
    case 'tool-call':
      return callOut({ ...block, kind: 'tool-call' }, block.input);
    case 'native':
      return block.dialect === DIALECT && isFields(block.value) ? block.value : undefined;
    case 'redacted-reasoning':
      return undefined;
  }
}

/** A tool call whose input is complete. */
export function callOut(call: Extract<BlockStart, { kind: 'tool-call' }>, input: string): Fields {
  const id = spellingOf(call.extra)['id'] === 'none' ? undefined : call.id;
  const functionCall = present({ id, name: call.name, args: argumentsOf(input, call.freeform) });
  return { ...ownFields(call.extra), functionCall };
}

/** What a reply says of itself where it begins. */
export interface ReplyStart {
  readonly id: string;
  readonly createdAtSeconds?: number | undefined;
}

/** The latest time that there is a date for. */
const SECONDS_MAX = 8.64e12;

/** When the reply was made, where somebody has said so. */
export function createTimeOf({ createdAtSeconds }: ReplyStart): string | undefined {
  const isTime = createdAtSeconds !== undefined && Math.abs(createdAtSeconds) < SECONDS_MAX;
  return !isTime ? undefined : new Date(createdAtSeconds * 1000).toISOString();
}

/** Fields of one dialect among those of all. */
export function nativeFields(native: Choice['native']): Fields {
  return Object.assign(
    {},
    ...native.filter(({ dialect }) => dialect === DIALECT).map(({ fields }) => fields),
  ) as Fields;
}

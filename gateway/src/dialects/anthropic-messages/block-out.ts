import type { BlockStart, ReplyEvent } from '../../model/reply.ts';
import type { Block } from '../../model/fold.ts';
import { citationReply } from './citations.ts';
import { DIALECT, type Fields, isFields, ownFields } from './fields.ts';
import { inputObject } from './tools.ts';

/** A whole block of a reply; `undefined` for what only another dialect can say. */
export function wholeBlock(block: Block): Fields | undefined {
  switch (block.kind) {
    case 'text':
      return {
        ...emptyBlock(block),
        text: block.text,
        ...(block.citations.length > 0 ? { citations: block.citations.map(citationReply) } : {}),
      };
    case 'refusal':
      return { type: 'text', text: block.text };
    case 'reasoning':
      return { type: 'thinking', thinking: block.text, signature: block.signature ?? '' };
    case 'tool-call':
      return { ...emptyBlock(block), input: inputObject(block.input, block.freeform) };
    case 'redacted-reasoning':
    case 'native':
      return emptyBlock(block);
  }
}

/** A block as it begins. */
export function emptyBlock(start: BlockStart): Fields | undefined {
  switch (start.kind) {
    case 'text':
    case 'refusal':
      return { type: 'text', text: '' };
    case 'reasoning':
      return { type: 'thinking', thinking: '', signature: '' };
    case 'redacted-reasoning':
      return { type: 'redacted_thinking', data: start.data };
    case 'tool-call':
      return { ...ownFields(start.extra), type: 'tool_use', id: start.id, name: start.name, input: {} };
    case 'native':
      return start.dialect === DIALECT && isFields(start.value) ? start.value : undefined;
  }
}

/** Events that belong to a block and say more of it. */
export type DeltaEvent = Extract<
  ReplyEvent,
  { type: 'text-delta' | 'reasoning-delta' | 'signature-delta' | 'refusal-delta' | 'tool-input-delta' | 'citation' }
>;

/** The `delta` of a `content_block_delta`. */
export function deltaOut(event: DeltaEvent): Fields {
  switch (event.type) {
    case 'text-delta':
    case 'refusal-delta':
      return { type: 'text_delta', text: event.text };
    case 'reasoning-delta':
      return { type: 'thinking_delta', thinking: event.text };
    case 'signature-delta':
      return { type: 'signature_delta', signature: event.signature };
    case 'tool-input-delta':
      return { type: 'input_json_delta', partial_json: event.json };
    case 'citation':
      return { type: 'citations_delta', citation: citationReply(event.citation) };
  }
}

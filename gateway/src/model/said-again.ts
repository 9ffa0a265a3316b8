import type { Block } from './fold.ts';
import type { Part } from './request.ts';

/** What a model said, as it stands in the conversation that goes on. Providers refuse a text that is empty. */
export function saidAgain(blocks: readonly Block[]): readonly Part[] {
  return blocks.filter((block) => block.kind !== 'text' || block.text !== '').map(partOf);
}

function partOf(block: Block): Part {
  switch (block.kind) {
    case 'text': {
      const { kind: type, citations, ...rest } = block;
      return { type, ...rest, ...(citations.length > 0 ? { citations } : {}) };
    }
    case 'reasoning': {
      const { kind: type, signature, ...rest } = block;
      return { type, ...rest, ...(signature === undefined ? {} : { signature }) };
    }
    case 'redacted-reasoning': {
      const { kind: _, data: redacted, ...rest } = block;
      return { type: 'reasoning', text: '', redacted, ...rest };
    }
    case 'tool-call': {
      const { kind: type, freeform, ...rest } = block;
      return { type, ...rest, ...(freeform ? { freeform } : {}) };
    }
    case 'refusal': {
      const { kind: type, ...rest } = block;
      return { type, ...rest };
    }
    case 'native': {
      const { kind: type, ...rest } = block;
      return { type, ...rest };
    }
  }
}

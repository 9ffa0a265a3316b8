import type { BlockStart, TokenLogprob } from '../../model/reply.ts';
import type { Citation } from '../../model/request.ts';
import { annotationOut } from './citations.ts';
import { DIALECT, type Fields, isFields, ownFields, present, spellingOf } from './fields.ts';
import { redactedProof, signedProof } from './proof.ts';

/** A piece of an item that is being said. */
export interface OutputPart {
  readonly kind: 'output_text' | 'refusal' | 'summary_text' | 'reasoning_text';
  readonly index: number;
  readonly rest: Fields;
  text: string;
  readonly citations: Citation[];
  readonly logprobs: TokenLogprob[];
  isDone: boolean;
}

/** An item of the answer that is being said. */
export interface OutputItem {
  readonly index: number;
  readonly kind: 'message' | 'reasoning' | 'function_call' | 'custom_tool_call' | 'native';
  /** What it says of itself from the start. */
  readonly head: Fields;
  readonly parts: OutputPart[];
  /** The arguments of a call, or its free text. */
  input: string;
  /** The proof of reasoning. */
  encrypted: string | undefined;
  openBlocks: number;
  isClosed: boolean;
  status: 'in_progress' | 'completed' | 'incomplete';
}

const PREFIXES: Readonly<Record<OutputItem['kind'], string>> = {
  message: 'msg',
  reasoning: 'rs',
  function_call: 'fc',
  custom_tool_call: 'ctc',
  native: 'item',
};

/** A new item for a block; its id is made of the answer's where it has none of its own. */
export function newItem(start: BlockStart, index: number, replyId: string): OutputItem {
  const kind = kindOf(start);
  const extra = 'extra' in start ? start.extra : undefined;
  const { item } = spellingOf(extra);
  const id = `${PREFIXES[kind]}_${replyId.replaceAll(/[^a-zA-Z0-9_-]/g, '_')}_${index}`;
  return {
    index,
    kind,
    head: kind === 'native' ? headOf(start) : { ...(isFields(item) ? item : { id }), ...headOf(start) },
    parts: [],
    input: '',
    encrypted: start.kind === 'redacted-reasoning' ? redactedOut(start) : undefined,
    openBlocks: 0,
    isClosed: false,
    status: 'in_progress',
  };
}

/** What kind of item a block belongs to. */
export function kindOf(start: BlockStart): OutputItem['kind'] {
  switch (start.kind) {
    case 'text':
    case 'refusal':
      return 'message';
    case 'reasoning':
    case 'redacted-reasoning':
      return 'reasoning';
    case 'tool-call':
      return start.freeform ? 'custom_tool_call' : 'function_call';
    case 'native':
      return 'native';
  }
}

function headOf(start: BlockStart): Fields {
  if (start.kind === 'native') return isFields(start.value) ? start.value : {};
  return start.kind === 'tool-call' ? { ...ownFields(start.extra), call_id: start.id, name: start.name } : {};
}

function redactedOut({ data, extra }: Extract<BlockStart, { kind: 'redacted-reasoning' }>): string {
  return extra?.dialect === DIALECT ? data : redactedProof(data);
}

/** Another wire's signature is marked, so that it is never taken for OpenAI's own. */
export function signatureOut(signature: string, start: BlockStart): string {
  const isOwn = 'extra' in start && start.extra?.dialect === DIALECT;
  return isOwn ? signature : signedProof(signature);
}

/** A new piece of an item; `undefined` where the block says nothing but that there is an item. */
export function newPart(start: BlockStart, { parts }: OutputItem): OutputPart | undefined {
  const extra = 'extra' in start ? start.extra : undefined;
  const kind = partKind(start, spellingOf(extra)['kind']);
  if (!kind) return undefined;
  const index = parts.filter((part) => (part.kind === 'summary_text') === (kind === 'summary_text')).length;
  return { kind, index, rest: ownFields(extra) ?? {}, text: '', citations: [], logprobs: [], isDone: false };
}

function partKind(start: BlockStart, kind: unknown): OutputPart['kind'] | undefined {
  if (start.kind === 'text') return 'output_text';
  if (start.kind === 'refusal') return 'refusal';
  if (start.kind !== 'reasoning' || kind === 'none') return undefined;
  return kind === 'content' ? 'reasoning_text' : 'summary_text';
}

/** A piece as it stands. */
export function partOut({ kind, rest, text, citations, logprobs }: OutputPart): Fields {
  if (kind === 'refusal') return { ...rest, type: kind, refusal: text };
  if (kind !== 'output_text') return { ...rest, type: kind, text };
  const annotations = citations.map(annotationOut).filter((one) => one !== undefined);
  return { ...rest, type: kind, text, annotations, logprobs };
}

/** An item as it stands. */
export function itemOut({ kind, head, parts, input, encrypted, status }: OutputItem): Fields {
  switch (kind) {
    case 'message':
      return { ...head, type: kind, status, role: 'assistant', content: parts.map(partOut) };
    case 'reasoning':
      return {
        ...head,
        type: kind,
        summary: parts.filter((part) => part.kind === 'summary_text').map(partOut),
        ...contentOf(parts),
        ...present({ encrypted_content: encrypted }),
      };
    case 'function_call':
      return { ...head, type: kind, status, arguments: input };
    case 'custom_tool_call':
      return { ...head, type: kind, status, input };
    case 'native':
      return head;
  }
}

function contentOf(parts: readonly OutputPart[]): Fields {
  const content = parts.filter(({ kind }) => kind === 'reasoning_text').map(partOut);
  return content.length > 0 ? { content } : {};
}

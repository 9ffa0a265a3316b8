import { GatewayError } from '../../model/error.ts';
import type { BlockStart, ReplyEvent, Wire } from '../../model/reply.ts';
import type { Transducer } from '../contract.ts';
import { callStart, contentStart, planStart } from './block-in.ts';
import { citationOf, isOfText } from './citations.ts';
import { errorOf } from './errors.ts';
import { DIALECT, type Fields, isEmpty, isFields, numberOf, objectsOf, textOf } from './fields.ts';
import { endingOf } from './finish-reason.ts';
import { parsedObject } from './frame-json.ts';
import { logprobsOf } from './logprobs.ts';
import { StreamReader } from './stream-in.ts';

/** Frames to events. */
export function decodeReply(form: Wire['form']): Transducer<Buffer, ReplyEvent> {
  if (form === 'json') return { push: wholeReply, end: () => [] };
  const reader = new StreamReader();
  return { push: (frame) => reader.push(frame), end: () => [] };
}

/** https://docs.cohere.com/reference/chat */
function wholeReply(body: Buffer): readonly ReplyEvent[] {
  const reply = parsedObject(body.toString('utf8'));
  const { id, message, finish_reason: reason, usage, logprobs, error, ...rest } = reply;
  if (typeof message === 'string') return [{ type: 'error', error: errorOf(reply) }];
  if (!isFields(message)) throw new GatewayError('upstream.bad-response', 'The provider’s reply has no message.');
  const { blocks, left } = blocksIn(message);
  const fields = { ...rest, ...(isEmpty(left) ? {} : { message: left }) };
  const tokens = logprobsOf(logprobs);
  return [
    { type: 'start', id: textOf(id) ?? '', model: '' },
    ...(isEmpty(fields) ? [] : [{ type: 'native', dialect: DIALECT, fields } as const]),
    ...blocks.flatMap((block, at) => blockEvents(block, at)),
    ...(tokens.length > 0 ? [{ type: 'logprobs', choice: 0, tokens } as const] : []),
    ...endingOf({ finish_reason: reason, usage, error }),
  ];
}

interface Block {
  readonly start: BlockStart;
  readonly said: string;
  readonly citations: Fields[];
}

/** The blocks of a message, and what of it has no place in them. */
function blocksIn(message: Fields): { readonly blocks: readonly Block[]; readonly left: Fields } {
  const { role: _role, content, tool_plan: plan, tool_calls: calls, citations, ...rest } = message;
  const planned: Block[] = typeof plan === 'string' && plan !== '' ? [blockOf(planStart(), plan)] : [];
  const contents = contentsOf(content).map((part) => {
    const start = contentStart(part) ?? { kind: 'native', dialect: DIALECT, value: part };
    return blockOf(start, start.kind === 'native' ? '' : (textOf(part['text']) ?? textOf(part['thinking']) ?? ''));
  });
  const unplaced = objectsOf(citations).filter((citation) => !placed(citation, contents));
  const called = objectsOf(calls).map((call) => {
    const input = isFields(call['function']) ? call['function']['arguments'] : undefined;
    return blockOf(callStart(call), textOf(input) ?? JSON.stringify(input ?? {}));
  });
  const left = unplaced.length > 0 ? { ...rest, citations: unplaced } : rest;
  return { blocks: [...planned, ...contents, ...called], left };
}

function contentsOf(content: unknown): readonly Fields[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : objectsOf(content);
}

function blockOf(start: BlockStart, said: string): Block {
  return { start, said, citations: [] };
}

/** Puts a citation to the text that it says, or to the last one; `false` where there is none. */
function placed(citation: Fields, contents: readonly Block[]): boolean {
  const at = numberOf(citation['content_index']);
  const meant = at === undefined ? undefined : contents[at];
  const text = meant?.start.kind === 'text' ? meant : contents.findLast(({ start }) => start.kind === 'text');
  if (!text || !isOfText(citation)) return false;
  text.citations.push(citation);
  return true;
}

const DELTAS = { text: 'text-delta', reasoning: 'reasoning-delta' } as const;

function blockEvents({ start, said, citations }: Block, block: number): readonly ReplyEvent[] {
  const at = { choice: 0, block } as const;
  const inside: ReplyEvent[] = [];
  if (start.kind === 'tool-call') inside.push({ type: 'tool-input-delta', ...at, json: said });
  else if ((start.kind === 'text' || start.kind === 'reasoning') && said !== '')
    inside.push({ type: DELTAS[start.kind], ...at, text: said });
  const cited = citations.map((one) => ({ type: 'citation', ...at, citation: citationOf(one) }) as const);
  return [{ type: 'block-start', ...at, start }, ...inside, ...cited, { type: 'block-end', ...at }];
}

import type { ChatRequest, Extra, Message, Part, TextPart } from '../model/request.ts';
import { isProtected } from './protected-text.ts';

/** Where a text stands: the message, the part in it, and the part within a tool's result. */
export interface Place {
  readonly message: number;
  readonly part: number;
  readonly inside?: number;
}

/** A text of the conversation that may be written in other words, because a program made it. */
export interface Block {
  readonly place: Place;
  readonly text: string;
  /** What a reader of the conversation knows it by. */
  readonly name: string;
  /** Stands before the last point up to which the caller wants the prompt cached: it goes out as it went out before. */
  readonly isCached: boolean;
}

/** A person's text below this is theirs, whatever it looks like. */
const USER_CHARS_MIN = 800;
const RESULT_CHARS_MIN = 200;

/**
 * The texts that may be touched: what tools answered, and long texts of the user. Never instructions, never what the
 * model said, thought or called, never pictures and documents.
 */
export function blocksOf({ messages, extra }: ChatRequest): readonly Block[] {
  const cachedUpTo = isCacheWish(extra) ? Number.POSITIVE_INFINITY : lastCacheWish(messages);
  const calls = new Map<string, string>();
  const blocks: Block[] = [];
  let results = 0;
  let order = 0;
  messages.forEach(({ role, content }, message) => {
    content.forEach((part, at) => {
      order += 1;
      const isCached = order <= cachedUpTo;
      if (part.type === 'tool-call') calls.set(part.id, part.name);
      if (part.type === 'tool-result') {
        results += 1;
        const tool = calls.get(part.callId);
        const whole = `tool result ${results}${tool === undefined ? '' : ` (${tool})`}`;
        part.content.forEach((piece, inside) => {
          if (!mayTouch(piece, RESULT_CHARS_MIN)) return;
          const name = whole + pieceName(inside, part.content.length);
          blocks.push({ place: { message, part: at, inside }, text: piece.text, name, isCached });
        });
      } else if (role === 'user' && mayTouch(part, USER_CHARS_MIN)) {
        const name = `message ${message + 1}${pieceName(at, content.length)}`;
        blocks.push({ place: { message, part: at }, text: part.text, name, isCached });
      }
    });
  });
  return blocks;
}

function pieceName(at: number, count: number): string {
  return count > 1 ? `, part ${at + 1}` : '';
}

function mayTouch(part: Part, charsMin: number): part is TextPart {
  return part.type === 'text' && part.text.length >= charsMin && !part.citations && !isProtected(part.text);
}

/** How many parts stand up to and with the last one that the caller wants cached. */
function lastCacheWish(messages: readonly Message[]): number {
  let last = 0;
  let order = 0;
  for (const { content, extra } of messages) {
    for (const part of content) {
      order += 1;
      if (hasCacheWish(part)) last = order;
    }
    if (isCacheWish(extra)) last = order;
  }
  return last;
}

function hasCacheWish(part: Part): boolean {
  if (part.cacheHint || isCacheWish(part.extra)) return true;
  return part.type === 'tool-result' && part.content.some(hasCacheWish);
}

/** Wishes in a form that the vocabulary has no word for, whatever they are called. */
function isCacheWish(extra: Extra | undefined): boolean {
  return extra !== undefined && Object.keys(extra.fields).some((field) => /cache_(control|breakpoint)/.test(field));
}

/** Stands for a place. */
export function placeName({ message, part, inside = -1 }: Place): string {
  return `${message} ${part} ${inside}`;
}

/** Every text of the conversation, whether it may be touched or not, in order. */
export function allTexts({ messages }: ChatRequest): readonly Pick<Block, 'place' | 'text'>[] {
  return messages.flatMap(({ content }, message) =>
    content.flatMap((whole, part) => {
      const pieces = whole.type === 'tool-result' ? whole.content : [whole];
      return pieces.flatMap((piece, inside) =>
        piece.type === 'text' ? [{ place: placeOf({ message, part }, whole, inside), text: piece.text }] : [],
      );
    }),
  );
}

function placeOf(place: Place, { type }: Part, inside: number): Place {
  return type === 'tool-result' ? { ...place, inside } : place;
}

/** The request with other texts at these places; all else is the same objects. */
export function withTexts(request: ChatRequest, texts: ReadonlyMap<Block, string>): ChatRequest {
  const changes = [...texts];
  const messages = request.messages.map((message, at) => {
    const here = changes.filter(([{ place }]) => place.message === at);
    return here.length === 0
      ? message
      : { ...message, content: message.content.map((part, index) => changed(part, index, here)) };
  });
  return { ...request, messages };
}

function changed(part: Part, index: number, changes: readonly (readonly [Block, string])[]): Part {
  const here = changes.filter(([{ place }]) => place.part === index);
  if (here.length === 0) return part;
  if (part.type === 'text') return { ...part, text: here[0]?.[1] ?? part.text };
  if (part.type !== 'tool-result') return part;
  const content = part.content.map((piece, inside) => {
    const text = here.find(([{ place }]) => place.inside === inside)?.[1];
    return text === undefined || piece.type !== 'text' ? piece : { ...piece, text };
  });
  return { ...part, content };
}

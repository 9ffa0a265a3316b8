import type { ReplyEvent } from '../model/reply.ts';
import type { DialectId } from '../model/request.ts';
import type { Transducer } from './contract.ts';
import { notAReply, replyError } from './openai-errors.ts';
import { readFinish } from './openai-finish.ts';
import { isObject, type JsonObject } from './json-object.ts';
import { readUsage } from './openai-usage.ts';
import { readFrame } from './sse.ts';

// In a text every quote is escaped, so what stands here between bare quotes can only be keys.
const SAYS_AN_ENDING = /"(?:finish_reason|usage|error)"\s*:\s*[^n\s]/;
const SAYS_TOOL_CALLS = /"tool_calls"\s*:\s*\[\s*[^\]\s]/;
/** Both at once: nearly all frames are done with after this one search. */
const SAYS_EITHER = /"(?:(?:finish_reason|usage|error)"\s*:\s*[^n\s]|tool_calls"\s*:\s*\[\s*[^\]\s])/;
/** `data: [DONE]`, perhaps with an id or a comment beside it. */
const DONE_FRAME_BYTES_MAX = 128;
const LETTER_E = 0x65;

/** Sees only how a stream ends and what it used. Most frames cost one search and are never parsed. */
export function glanceOpenaiStream(dialect: DialectId): Transducer<Buffer, ReplyEvent> {
  let over = false;
  let calledTools = false;
  /** Until a stream has once said `finish_reason`, if only `null`, its chunks are read: Snowflake never says it. */
  let saysReasons = false;
  const ends: AnswerEnds = new Map();
  const ending = (): ReplyEvent[] => {
    over = true;
    const unsaid = [...ends].filter(([, end]) => end === 'empty');
    return [...unsaid.map(([choice]) => readFinish('', dialect, choice, calledTools)), { type: 'end' }];
  };
  return {
    push(frame) {
      if (over) return [];
      const text = frame.toString('latin1');
      if (SAYS_EITHER.test(text)) {
        calledTools ||= SAYS_TOOL_CALLS.test(text);
        if (saysReasons && !SAYS_AN_ENDING.test(text)) return [];
      } else if (saysReasons && frame[0] !== LETTER_E && !isDone(text)) return [];
      saysReasons ||= text.includes('"finish_reason"');
      const said = readFrame(frame);
      const data = said?.data.trim() ?? '';
      if (data === '') return [];
      if (data === '[DONE]') return ending();
      const events = endingsOf(readChunk(data, said?.event), dialect, { calledTools, ends });
      over = events.at(-1)?.type === 'error';
      return events;
    },
    // Not everybody says [DONE]; an answer that said how it ended is whole without it.
    end: () => (!over && [...ends.values()].includes('finished') ? ending() : []),
  };
}

function isDone(text: string): boolean {
  return text.length < DONE_FRAME_BYTES_MAX && text.includes('[DONE]');
}

/** A chunk of a stream as an object. Throws where it isn't one. */
export function readChunk(data: string, event: string | undefined): JsonObject {
  let chunk: unknown;
  try {
    chunk = JSON.parse(data);
  } catch (cause) {
    throw notAReply('a chunk of the stream is not JSON', cause);
  }
  if (!isObject(chunk)) throw notAReply('a chunk of the stream is not an object');
  // Some hosts mark an error by the event's name and leave out the envelope.
  return event === 'error' && chunk['error'] === undefined ? { error: chunk } : chunk;
}

/** How each answer said it ended so far: with a word, or with an empty one or none, as Snowflake does. */
type AnswerEnds = Map<number, 'finished' | 'empty'>;

interface Seen {
  readonly calledTools: boolean;
  readonly ends: AnswerEnds;
}

function endingsOf(chunk: JsonObject, dialect: DialectId, { calledTools, ends }: Seen): ReplyEvent[] {
  const events: ReplyEvent[] = [];
  const choices: readonly unknown[] = Array.isArray(chunk['choices']) ? chunk['choices'] : [];
  for (const [at, choice] of choices.entries()) {
    if (!isObject(choice)) continue;
    const word = choice['finish_reason'];
    const index = typeof choice['index'] === 'number' ? choice['index'] : at;
    if (ends.get(index) === 'finished' || word === null) continue;
    const isSaid = typeof word === 'string' && word !== '';
    ends.set(index, isSaid ? 'finished' : 'empty');
    if (isSaid) events.push(readFinish(word, dialect, index, calledTools));
  }
  const usage = chunkUsage(chunk, dialect);
  if (usage) events.push({ type: 'usage', usage });
  if (chunk['error']) events.push({ type: 'error', error: replyError(chunk['error']) });
  return events;
}

/** The usage of a chunk; Groq says it in a field of its own. */
export function chunkUsage(chunk: JsonObject, dialect: DialectId): ReturnType<typeof readUsage> {
  const groq = chunk['x_groq'];
  return readUsage(chunk['usage'], dialect) ?? (isObject(groq) ? readUsage(groq['usage'], dialect) : undefined);
}

/** A whole reply as an object that is a completion or an error. Throws where it is neither. */
export function readBody(frame: Buffer): JsonObject {
  let body: unknown;
  try {
    body = JSON.parse(frame.toString('utf8'));
  } catch (cause) {
    throw notAReply('it is not JSON', cause);
  }
  if (!isObject(body)) throw notAReply('it is not an object');
  const { choices, error } = body;
  if (error) return body;
  if (!Array.isArray(choices)) throw notAReply('it has no list of choices');
  if (choices.length === 0) throw notAReply('its list of choices is empty');
  if (!choices.every(isObject)) throw notAReply('a choice is not an object');
  return body;
}

/** Sees only how each answer of a whole body ended and what they used. Throws where the body is no reply. */
export function glanceOpenaiBody(dialect: DialectId): Transducer<Buffer, ReplyEvent> {
  return {
    push(frame) {
      const body = readBody(frame);
      if (body['error']) return [{ type: 'error', error: replyError(body['error']) }];
      const events: ReplyEvent[] = (body['choices'] as readonly JsonObject[]).map((choice, at) =>
        bodyFinish(choice, dialect, at),
      );
      const usage = chunkUsage(body, dialect);
      if (usage) events.push({ type: 'usage', usage });
      events.push({ type: 'end' });
      return events;
    },
    end: () => [],
  };
}

function bodyFinish(choice: JsonObject, dialect: DialectId, at: number): ReplyEvent {
  const { finish_reason: word, index, message } = choice;
  const calls = isObject(message) ? message['tool_calls'] : undefined;
  const calledTools = Array.isArray(calls) && calls.length > 0;
  return readFinish(typeof word === 'string' ? word : '', dialect, typeof index === 'number' ? index : at, calledTools);
}

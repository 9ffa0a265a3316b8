import * as acts from './acts.ts';
import { behave } from './behaviour.ts';
import type { Behaviour } from './behaviour.ts';
import { openaiChatVoice } from './openai-chat-voice.ts';
import { atOnce, compose } from './reply.ts';
import type { Reply } from './reply.ts';

/** The model the fast replies say. */
export const FAST_MODEL = 'gpt-4o-mini-2024-07-18';

/** The text of the plain fast reply: it makes the whole reply about 1 KB. */
export const FAST_TEXT = 'A proxy adds a little time to every answer. '.repeat(14).trim();

/** How many content events the paced and the burst stream have. */
export const FAST_EVENTS = { paced: 100, burst: 1000 } as const;

const common = behave(acts.named(FAST_MODEL), acts.usage({ input: 250, output: 140 }));

/**
 * Replies made once and sent without reading the request: what the bench measures proxies with. Chosen by path, e.g.
 * `/fast-paced/v1/chat/completions`.
 */
export const FAST_REPLIES: ReadonlyMap<string, Reply> = new Map([
  ['/fast/v1/chat/completions', atOnce(fastReply(false, acts.say(FAST_TEXT)))],
  ['/fast-paced/v1/chat/completions', fastReply(true, behave(acts.words(FAST_EVENTS.paced), acts.paced(5)))],
  ['/fast-burst/v1/chat/completions', atOnce(fastReply(true, acts.words(FAST_EVENTS.burst)))],
  ['/fast-held/v1/chat/completions', fastReply(true, behave(acts.words(10), acts.stall({ event: 6 })))],
]);

function fastReply(stream: boolean, behaviour: Behaviour): Reply {
  const asked = { model: FAST_MODEL, stream, choices: 1, includeUsage: true, answersTool: false, lastText: '' };
  const reply = compose(behave(common, behaviour), openaiChatVoice, { ...asked, number: 1, bytes: 1000 });
  return withFirstWord(reply);
}

/** Sends a stream's first word together with its empty start, so that the first byte is the first token. */
function withFirstWord(reply: Reply): Reply {
  if (reply.everyMs === 0) return reply;
  const [start = Buffer.alloc(0), first = Buffer.alloc(0), ...rest] = reply.pieces;
  return { ...reply, pieces: [Buffer.concat([start, first]), ...rest] };
}

import type { Behaviour, Pause, Place, ScriptedCall, ScriptedUsage } from './behaviour.ts';
import { commentsOf, frameOf } from './voice.ts';

/** Says a text; a stream says it word by word. */
export const say = (text: string): Behaviour => ({ text });

/** Says so many words: `word1 word2 …`. */
export const words = (count: number): Behaviour => ({
  text: Array.from({ length: count }, (_, index) => `word${index + 1}`).join(' '),
});

/** Leaves this many milliseconds between two events. */
export const paced = (everyMs: number): Behaviour => ({ everyMs });

/** A stream that says long words for ever, as fast as they are read. */
export const endless = (): Behaviour => ({ text: LONG_WORDS, repeat: { from: 3, to: 20 } });

const LONG_WORDS = Array.from({ length: 30 }, () => 'a'.repeat(4000)).join(' ');

/** Thinks aloud before it says anything. */
export const reason = (reasoning: string): Behaviour => ({ reasoning });

/** Calls a tool; after the tool's result it says the text. */
export const call = (name: string, input: ScriptedCall['arguments'] = {}): Behaviour => ({
  calls: [{ name, arguments: input }],
});

/** Gives so many choices, whatever `n` was asked for. */
export const choices = (count: number): Behaviour => ({ choices: count });

/** Says this model name instead of the one that was asked for. */
export const named = (model: string): Behaviour => ({ model });

/** Reports these token numbers. */
export const usage = (numbers: ScriptedUsage): Behaviour => ({ usage: numbers });

/** Reports no token numbers at all. */
export const noUsage = (): Behaviour => ({ usage: 'missing' });

/** Ends for this reason, in the dialect's own word (`length`, `max_tokens` …). */
export const finish = (why: string): Behaviour => ({ finish: why });

/** Answers an error of the dialect's own shape. */
export const status = (code: number, errorMessage = `Scripted ${code}.`): Behaviour => ({ status: code, errorMessage });

/** Adds a header to the reply; the same name twice is sent twice. */
export const header = (name: string, value: string): Behaviour => ({ headers: [[name, value]] });

/** Adds `retry-after` in seconds. */
export const retryAfter = (seconds: number): Behaviour => header('retry-after', String(seconds));

/** Adds `retry-after` as a date so many seconds from `now`. */
export const retryAfterDate = (seconds: number, now = Date.now()): Behaviour =>
  header('retry-after', new Date(now + seconds * 1000).toUTCString());

/** Adds `retry-after-ms`, which OpenAI's own client reads. */
export const retryAfterMs = (waitMs: number): Behaviour => header('retry-after-ms', String(waitMs));

/** Headers no gateway may pass on: a cookie, the server's name and what belongs to one hop. */
export const hopHeaders = (): Behaviour => ({
  headers: [
    ['set-cookie', 'provider_session=secret; Path=/'],
    ['server', 'scripted-provider'],
    ['keep-alive', 'timeout=5'],
    ['proxy-authenticate', 'Basic realm="x"'],
    ['trailer', 'x-late'],
    ['upgrade', 'h2c'],
    ['connection', 'keep-alive, x-hop'],
    ['x-hop', 'for this hop only'],
  ],
});

/** A header with a line break inside, which would smuggle in another. */
export const brokenHeader = (): Behaviour => header('x-broken', 'one\rx-smuggled: two');

/** Points somewhere else; nobody may follow. */
export const redirect = (location = '/canary', code = 307): Behaviour => ({
  status: code,
  headers: [['location', location]],
  body: '',
});

const HTML = '<!doctype html><html><body><h1>Sorry</h1><p>A page, not an answer.</p></body></html>';

/** A page instead of an answer, under any status. */
export const html = (code = 503): Behaviour => ({ status: code, contentType: 'text/html; charset=utf-8', body: HTML });

/** Declares another content type than it sends. */
export const contentType = (type: string): Behaviour => ({ contentType: type });

/** Sends this body as it is. */
export const body = (bytes: string | Buffer): Behaviour => ({ body: bytes });

/** A 200 with nothing in it. */
export const empty = (): Behaviour => ({ body: '' });

/** A 200 whose JSON can't be read; in a stream, a line that can't. */
export const malformed = (): Behaviour => ({ ...malformedLine(), jsonBody: '{"id": "x", "choices": [{]}' });

/** A well-formed answer that holds none, in OpenAI's shape; in a stream, one such frame and the end mark. */
export const nullChoices = (): Behaviour => ({
  jsonBody: NULL_CHOICES,
  frameEdits: [(frames) => [Buffer.from(`data: ${NULL_CHOICES}\n\n`), ...frames.slice(-1)]],
});

const NULL_CHOICES = '{"id":"chatcmpl-null","object":"chat.completion","created":1,"model":"m","choices":null}';

/** A stream with a line in it that is no JSON, before the k-th event. */
export const malformedLine = (event = 2): Behaviour => insert(event, '{"id": nonsense');

/** A stream that says an error of its own, before the k-th event, and ends there. */
export const errorFrame = (event = 2, message = 'Scripted error in the stream.'): Behaviour => ({
  frameEdits: [(frames, voice) => [...frames.slice(0, event - 1), voice.errorFrame(message)]],
});

/** A stream with comments and pings between the events. */
export const pings = (): Behaviour => ({
  frameEdits: [(frames, voice) => frames.flatMap((frame) => [...commentsOf(voice), ...voice.pings, frame])],
});

/** A stream whose first event comes twice. */
export const doubledStart = (): Behaviour => ({
  frameEdits: [(frames) => [...frames.slice(0, 1), ...frames]],
});

/** A stream with one frame of this many bytes, before the k-th event. */
export const oversizeFrame = (bytes: number, event = 2): Behaviour => insert(event, `{"x":"${'a'.repeat(bytes)}"}`);

/** A reply whose text is this many bytes long, in one piece. */
export const large = (bytes: number): Behaviour => ({ text: 'a'.repeat(bytes) });

/** A stream whose lines end in CRLF. */
export const crlf = (): Behaviour => ({ lineEnd: 'crlf' });

/** The body in pieces of so many bytes, so many milliseconds apart. */
export const drip = (pieceBytes = 1, everyMs = 0): Behaviour => ({ pieceBytes, everyMs });

/** A compressed body; `bad` breaks in the middle. */
export const gzip = (how: 'good' | 'bad' = 'good'): Behaviour => ({ gzip: how });

/** Promises more bytes than it sends, then closes. */
export const shortBody = (missingBytes = 10): Behaviour => ({ missingBytes });

/** Two content-lengths that disagree. */
export const doubleLength = (): Behaviour => ({ headers: [['content-length', '3']] });

/** Accepts the request and says nothing, not even headers. */
export const silent = (): Behaviour => ({ pauses: [{ at: 'headers' }] });

/** Sends headers and a stream's first event, which says nothing yet, and then nothing. */
export const silentAfterStart = (): Behaviour => ({ pauses: [{ at: { event: 1 } }] });

/** Stops at a place, for ever or until a promise comes true. */
export const stall = (at: Place, until?: Promise<unknown>): Behaviour => {
  const pause: Pause = until === undefined ? { at } : { at, until };
  return { pauses: [pause] };
};

/** Resets the connection at a place. */
export const cutByReset = (at: Place): Behaviour => ({ cut: { how: 'rst', at } });

/** Closes the connection at a place. */
export const cutByClose = (at: Place): Behaviour => ({ cut: { how: 'fin', at } });

/** Ends the body cleanly at a place, without the dialect's end mark. */
export const cutCleanly = (at: Place): Behaviour => ({ cut: { how: 'eof', at } });

function insert(event: number, content: string): Behaviour {
  const at = event - 1;
  return { frameEdits: [(frames, voice) => [...frames.slice(0, at), frameOf(voice, content), ...frames.slice(at)]] };
}

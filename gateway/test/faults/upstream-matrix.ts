import type { ProviderView } from './dialect-view.ts';

/** What a caller must hear. */
export type Outcome =
  /** The whole text, and an end that says so. */
  | { readonly kind: 'answer'; readonly text: string }
  /** An error instead of a reply, in the caller's own shape. */
  | { readonly kind: 'refused'; readonly status: number }
  /** The beginning of the text, then an error event, then nothing. */
  | { readonly kind: 'broken-off' };

/** One fault of a provider. */
export interface Fault {
  /** What the provider does, as a sentence goes on behind "a provider that …". */
  readonly does: string;
  /** The scripted act; also part of the model's name. */
  readonly act: string;
  readonly plain: Outcome;
  readonly stream: Outcome;
  /** What a caller of another dialect hears, where that differs: its stream is read and written anew. */
  readonly streamTranslated?: Outcome;
  /** Who can play it; all where it isn't said. */
  readonly only?: ProviderView['id'];
  /** Who can't play it. */
  readonly not?: ProviderView['id'];
}

const SENTENCE = 'Hello from the scripted provider.';
const WORDS = 'word1 word2 word3 word4 word5 word6 word7 word8';
const UNICODE = 'Grüße, 世界! 👩‍👩‍👧‍👦 Ω≈ç√ naïve 🇪🇺 ende';

const answer = (text = SENTENCE): Outcome => ({ kind: 'answer', text });
const refused = (status: number): Outcome => ({ kind: 'refused', status });
const brokenOff: Outcome = { kind: 'broken-off' };

/** Both forms meet the same end. */
const both = (outcome: Outcome): Pick<Fault, 'plain' | 'stream'> => ({ plain: outcome, stream: outcome });
/** A fault that only a stream can have; a plain reply is none the worse for it. */
const streamOnly = (stream: Outcome, text = SENTENCE): Pick<Fault, 'plain' | 'stream'> => ({
  plain: answer(text),
  stream,
});

/** What providers do on a bad day, and what a caller hears of it. Place 5 is behind the first words in every dialect. */
export const FAULTS: readonly Fault[] = [
  { does: 'resets the connection instead of answering', act: 'refuse', ...both(refused(502)) },
  { does: 'accepts the request and says nothing', act: 'silent', ...both(refused(504)) },
  { does: 'begins a stream and never says a word', act: 'silent-start', ...streamOnly(refused(504)) },
  { does: 'falls silent in the middle of a stream', act: 'words:8+stall:5', ...streamOnly(brokenOff, WORDS) },
  { does: 'falls silent in the middle of its bytes', act: 'words:8+stall-byte:40', ...both(refused(504)) },
  {
    does: 'resets the connection in the middle of a stream',
    act: 'words:8+cut-rst:5',
    ...streamOnly(brokenOff, WORDS),
  },
  {
    does: 'closes the connection in the middle of a stream',
    act: 'words:8+cut-fin:5',
    ...streamOnly(brokenOff, WORDS),
  },
  { does: 'ends a stream cleanly without its end', act: 'words:8+cut-eof:5', ...streamOnly(brokenOff, WORDS) },
  { does: 'resets the connection within its first bytes', act: 'cut-rst-byte:20', ...both(refused(502)) },
  { does: 'closes the connection within its first bytes', act: 'cut-fin-byte:20', ...both(refused(502)) },
  { does: 'ends its body cleanly within the first bytes', act: 'cut-eof-byte:20', ...both(refused(502)) },
  { does: 'is at its rate limit', act: 'status:429+retry-after:7', ...both(refused(429)) },
  { does: 'fails with 500', act: 'status:500', ...both(refused(500)) },
  { does: 'is overloaded with 503', act: 'status:503', ...both(refused(503)) },
  { does: 'is overloaded with 529', act: 'status:529', ...both(refused(529)) },
  { does: 'refuses the request with 400', act: 'status:400:Too many bananas', ...both(refused(400)) },
  { does: 'refuses with 422', act: 'status:422', ...both(refused(422)) },
  { does: 'answers 503 with a web page', act: 'html:503', ...both(refused(502)) },
  { does: 'answers 200 with a web page', act: 'html:200', ...both(refused(502)) },
  { does: 'answers 200 with an image', act: 'type:image/png', ...both(refused(502)) },
  { does: 'answers 200 with nothing', act: 'empty', ...both(refused(502)) },
  { does: 'sends JSON that stops in the middle', act: 'truncated:30', ...both(refused(502)) },
  { does: 'sends JSON that can’t be read', act: 'malformed', ...both(refused(502)) },
  { does: 'has null for choices', act: 'null-choices', ...both(refused(502)), only: 'openai' },
  {
    does: 'sends less than its content-length',
    act: 'short:10',
    plain: refused(502),
    stream: answer(),
    not: 'gemini', // its last event is its end as well, so that what is missing there is missed
  },
  {
    does: 'sends less than its content-length and stops before its end',
    act: 'words:8+short:10+cut-fin:5',
    plain: refused(502),
    stream: brokenOff,
  },
  {
    does: 'sends an unreadable line in the middle of a stream',
    act: 'words:8+malformed-line:6',
    ...streamOnly(answer(WORDS), WORDS),
    streamTranslated: brokenOff,
  },
  { does: 'fails in words before its first', act: 'error-frame:2', ...streamOnly(refused(502)), only: 'openai' },
  {
    does: 'is overloaded in words before its first',
    act: 'error-frame:2',
    ...streamOnly(refused(503)),
    only: 'anthropic',
  },
  { does: 'says an error in the middle of a stream', act: 'words:8+error-frame:6', ...streamOnly(brokenOff, WORDS) },
  { does: 'sends one byte at a time through UTF-8', act: `say:${UNICODE}+pieces:1`, ...both(answer(UNICODE)) },
  {
    does: 'ends its lines with CRLF',
    act: `say:${UNICODE}+crlf`,
    ...both(answer(UNICODE)),
    not: 'bedrock', // its messages have no lines
  },
  {
    does: 'ends its lines with CRLF and sends one byte at a time',
    act: 'words:8+crlf+pieces:1',
    ...both(answer(WORDS)),
    not: 'bedrock',
  },
  { does: 'sends comments and pings between the events', act: 'words:8+pings', ...both(answer(WORDS)) },
  { does: 'sends an event of nine megabytes', act: 'words:8+oversize:9000000', ...streamOnly(refused(502), WORDS) },
  {
    does: 'drips its reply for longer than the total time',
    act: `say:${'x'.repeat(200)}+drip:10`,
    ...both(refused(504)),
  },
  { does: 'compresses its reply', act: 'words:8+gzip', ...both(answer(WORDS)) },
  { does: 'compresses its reply and breaks it', act: 'words:8+bad-gzip', ...both(refused(502)) },
  { does: 'redirects to somebody else', act: 'redirect', ...both(refused(502)) },
  { does: 'sends two content-lengths that disagree', act: 'double-length', ...both(refused(502)) },
  { does: 'sends a header with a line break in it', act: 'broken-header', ...both(refused(502)) },
  { does: 'sends a cookie and the headers of one hop', act: 'words:8+hop-headers', ...both(answer(WORDS)) },
  { does: 'reports no usage', act: 'words:8+no-usage', ...both(answer(WORDS)) },
  { does: 'starts its stream twice', act: 'words:8+doubled-start', ...both(answer(WORDS)) },
  { does: 'does nothing wrong', act: 'words:8', ...both(answer(WORDS)) },
];

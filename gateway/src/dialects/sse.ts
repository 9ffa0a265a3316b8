import { createParser } from 'eventsource-parser';

/** What one server-sent event says. */
export interface SseEvent {
  readonly event: string | undefined;
  readonly data: string;
}

/** Reads one whole frame. `undefined` for comments, pings without data and empty frames. */
export function readFrame(frame: Buffer): SseEvent | undefined {
  const plain = plainData(frame);
  if (plain !== undefined) return { event: undefined, data: plain };
  let found: SseEvent | undefined;
  const parser = createParser({ onEvent: ({ event, data }) => (found = { event, data }) });
  // The line end added settles whether a last CR is one by itself, which the parser would wait to learn.
  parser.feed(`${withoutByteOrderMark(frame.toString('utf8'))}\n`);
  return found;
}

/** The standard allows one at the start of a stream. */
function withoutByteOrderMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** Most frames are one `data:` line and nothing else; these need no parser. */
function plainData(frame: Buffer): string | undefined {
  if (!startsWithData(frame) || frame.indexOf('\n') !== frame.length - 2 || frame.includes('\r')) return undefined;
  return frame.toString('utf8', frame[5] === 0x20 ? 6 : 5, frame.length - 2);
}

const DATA = Buffer.from('data:');

function startsWithData(frame: Buffer): boolean {
  return frame.length > 7 && DATA.compare(frame, 0, 5) === 0;
}

/** Where the JSON of a one-line frame stands, so that a patcher can splice it. `undefined` when there is no such line. */
export function dataSpan(frame: Buffer): { readonly start: number; readonly end: number } | undefined {
  const at = startsWithData(frame) ? 0 : frame.indexOf('\ndata:') + 1;
  if (at === 0 && !startsWithData(frame)) return undefined;
  const start = frame[at + 5] === 0x20 ? at + 6 : at + 5;
  let end = frame.indexOf('\n', start);
  if (end === -1) end = frame.length;
  if (frame.indexOf('\ndata:', end) !== -1) return undefined;
  if (frame[end - 1] === 0x0d) end -= 1;
  // A lone CR ends a line too; such a frame is rare enough to be left alone.
  const carriageReturn = frame.indexOf('\r', start);
  if (carriageReturn !== -1 && carriageReturn < end) return undefined;
  return { start, end };
}

/** Writes one server-sent event. */
export function sseFrame(data: unknown, event?: string): Buffer {
  const json = typeof data === 'string' ? data : JSON.stringify(data);
  return Buffer.from(event === undefined ? `data: ${json}\n\n` : `event: ${event}\ndata: ${json}\n\n`);
}

import { GatewayError } from '../model/error.ts';
import type { Wire } from '../model/reply.ts';
import type { Transducer } from './contract.ts';

const LF = 0x0a;
const CR = 0x0d;
const EMPTY = Buffer.alloc(0);
const BLANK_LINE = Buffer.from('\n\n');

/** Most bytes that one frame may have, by form. */
export interface FrameLimits {
  readonly jsonBytesMax: number;
  readonly sseBytesMax: number;
}

/**
 * Cuts bytes into frames, wherever the network happened to cut them: whole server-sent events with their blank line, or
 * the one JSON body. Joined again, the frames are the bytes. Throws `upstream.bad-response` over the limit.
 */
export function frames(form: Wire['form'], { jsonBytesMax, sseBytesMax }: FrameLimits): Transducer<Buffer, Buffer> {
  return form === 'json' ? wholeBody(jsonBytesMax) : serverSentEvents(sseBytesMax);
}

function wholeBody(bytesMax: number): Transducer<Buffer, Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  return {
    push(bytes) {
      size += bytes.length;
      if (size > bytesMax) throw tooLarge(bytesMax);
      parts.push(bytes);
      return [];
    },
    end: () => (parts.length === 0 ? [] : [parts.length === 1 ? (parts[0] ?? EMPTY) : Buffer.concat(parts)]),
  };
}

function serverSentEvents(bytesMax: number): Transducer<Buffer, Buffer> {
  let rest: Buffer = EMPTY;
  let sawCarriageReturn = false;
  return {
    push(bytes) {
      const searched = Math.max(0, rest.length - 3); // a blank line may be cut itself
      const buffer = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
      sawCarriageReturn ||= bytes.includes(CR);
      const whole: Buffer[] = [];
      let start = 0;
      let from = searched;
      for (;;) {
        const end = sawCarriageReturn ? frameEnd(buffer, from, start) : afterBlankLine(buffer, from);
        if (end === -1) break;
        whole.push(start === 0 && end === buffer.length ? buffer : buffer.subarray(start, end));
        start = end;
        from = end;
      }
      rest = start === buffer.length ? EMPTY : buffer.subarray(start);
      if (rest.length > bytesMax) throw tooLarge(bytesMax);
      return whole;
    },
    end() {
      const last = rest;
      rest = EMPTY;
      return isWhole(last) ? [Buffer.concat([last, BLANK_LINE])] : [];
    },
  };
}

function afterBlankLine(buffer: Buffer, from: number): number {
  const at = buffer.indexOf(BLANK_LINE, from);
  return at === -1 ? -1 : at + 2;
}

/** Where the frame that begins at `start` ends, for any of the line ends that the standard allows: LF, CR LF and a lone CR. */
function frameEnd(buffer: Buffer, from: number, start: number): number {
  for (let at = Math.max(from, start); at < buffer.length; at += 1) {
    const first = lineEnd(buffer, at);
    if (first === 0) continue;
    const second = lineEnd(buffer, at + first);
    if (second > 0) return at + first + second;
    at += first - 1;
  }
  return -1;
}

/** Length of the line end at `at`, 0 if there is none, or if only the next bytes can tell CR from CR LF. */
function lineEnd(buffer: Buffer, at: number): number {
  if (buffer[at] === LF) return 1;
  if (buffer[at] !== CR || at + 1 >= buffer.length) return 0;
  return buffer[at + 1] === LF ? 2 : 1;
}

/** Some providers forget the last blank line. Half a frame, though, is a reply cut short. */
function isWhole(frame: Buffer): boolean {
  const text = frame.toString('utf8').trim();
  const data = text.slice(text.lastIndexOf('data:') + 5).trim();
  if (!text.includes('data:')) return false;
  if (data === '[DONE]') return true;
  try {
    JSON.parse(data);
    return true;
  } catch {
    return false;
  }
}

function tooLarge(bytesMax: number): GatewayError {
  return new GatewayError('upstream.bad-response', `The provider sent a frame of more than ${bytesMax} bytes.`);
}

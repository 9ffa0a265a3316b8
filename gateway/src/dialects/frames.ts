import { GatewayError } from '../model/error.ts';
import type { Wire } from '../model/reply.ts';
import type { Transducer } from './contract.ts';
import { readFrame } from './sse.ts';

const LF = 0x0a;
const CR = 0x0d;
const EMPTY = Buffer.alloc(0);
const BLANK_LINE = Buffer.from('\n\n');
/** A blank line is at most CR LF CR LF, so at most three bytes of it lie on either side of a cut. */
const SEAM_BYTES = 3;

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
  const rest = new Rest(bytesMax);
  let sawCarriageReturn = false;
  return {
    push(bytes) {
      sawCarriageReturn ||= bytes.includes(CR);
      const frameEnd = sawCarriageReturn ? afterAnyBlankLine : afterBlankLine;
      if (rest.size > 0 && frameEnd(rest.seam(bytes), 0) === -1 && frameEnd(bytes, 0) === -1) {
        rest.add(bytes);
        return [];
      }
      const searched = Math.max(0, rest.size - SEAM_BYTES);
      const buffer = rest.takenWith(bytes);
      const whole: Buffer[] = [];
      let start = 0;
      for (let end = frameEnd(buffer, searched); end !== -1; end = frameEnd(buffer, start)) {
        if (end - start > bytesMax) throw tooLarge(bytesMax);
        whole.push(start === 0 && end === buffer.length ? buffer : buffer.subarray(start, end));
        start = end;
      }
      if (start < buffer.length) rest.add(buffer.subarray(start));
      return whole;
    },
    end() {
      const last = rest.takenWith(BLANK_LINE);
      return isWhole(last) ? [last] : [];
    },
  };
}

/** The beginning of a frame whose end has not come yet. Pieces are joined as in a binary counter, so many stay cheap. */
class Rest {
  readonly #bytesMax: number;
  #pieces: Buffer[] = [];
  #tail: Buffer = EMPTY;
  size = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  add(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.size += bytes.length;
    if (this.size > this.#bytesMax) throw tooLarge(this.#bytesMax);
    this.#tail = Buffer.concat([this.#tail, bytes.subarray(-SEAM_BYTES)]).subarray(-SEAM_BYTES);
    let piece = bytes;
    for (let last = this.#pieces.at(-1); last && last.length <= piece.length; last = this.#pieces.at(-1)) {
      this.#pieces.pop();
      piece = Buffer.concat([last, piece]);
    }
    this.#pieces.push(piece);
  }

  /** The last bytes kept and the first new ones: a blank line may be cut itself. */
  seam(bytes: Buffer): Buffer {
    return Buffer.concat([this.#tail, bytes.subarray(0, SEAM_BYTES)]);
  }

  takenWith(bytes: Buffer): Buffer {
    const all = this.#pieces.length === 0 ? bytes : Buffer.concat([...this.#pieces, bytes]);
    this.#pieces = [];
    this.#tail = EMPTY;
    this.size = 0;
    return all;
  }
}

function afterBlankLine(buffer: Buffer, from: number): number {
  const at = buffer.indexOf(BLANK_LINE, from);
  return at === -1 ? -1 : at + 2;
}

/** One past the next blank line, for any of the line ends that the standard allows: LF, CR LF and a lone CR. */
function afterAnyBlankLine(buffer: Buffer, from: number): number {
  for (let at = from; at < buffer.length; at += 1) {
    const first = lineEnd(buffer, at);
    if (first === 0) continue;
    const second = lineEnd(buffer, at + first);
    if (second > 0) return at + first + second;
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
  const said = readFrame(frame)?.data.trim();
  if (said === undefined || said === '[DONE]') return said !== undefined;
  try {
    JSON.parse(said);
    return true;
  } catch {
    return false;
  }
}

function tooLarge(bytesMax: number): GatewayError {
  return new GatewayError('upstream.bad-response', `The provider sent a frame of more than ${bytesMax} bytes.`);
}

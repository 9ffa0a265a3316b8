import type { Transducer } from './contract.ts';
import { FrameRest, tooLarge } from './frame-rest.ts';
import { readFrame } from './sse.ts';

const LF = 0x0a;
const CR = 0x0d;
const BLANK_LINE = Buffer.from('\n\n');
/** A blank line is at most CR LF CR LF, so at most three bytes of it lie on either side of a cut. */
const SEAM_BYTES = 3;

/** Cuts a stream into server-sent events, blank line and all. */
export function serverSentEvents(bytesMax: number): Transducer<Buffer, Buffer> {
  const rest = new FrameRest(bytesMax, SEAM_BYTES);
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

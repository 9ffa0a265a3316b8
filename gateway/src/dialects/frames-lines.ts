import type { Transducer } from './contract.ts';
import { FrameRest, tooLarge } from './frame-rest.ts';

const LF = 0x0a;
const LINE_END = Buffer.from('\n');

/** Cuts a stream into lines of JSON, line end and all. Blank lines are no frames. */
export function jsonLines(bytesMax: number): Transducer<Buffer, Buffer> {
  const rest = new FrameRest(bytesMax, 0);
  return {
    push(bytes) {
      let end = bytes.indexOf(LF) + 1;
      if (end === 0) {
        rest.add(bytes);
        return [];
      }
      const lines = [rest.takenWith(bytes.subarray(0, end))];
      let start = end;
      for (end = bytes.indexOf(LF, start) + 1; end !== 0; end = bytes.indexOf(LF, start) + 1) {
        lines.push(bytes.subarray(start, end));
        start = end;
      }
      if (lines.some(({ length }) => length > bytesMax)) throw tooLarge(bytesMax);
      rest.add(bytes.subarray(start));
      return lines.filter(isWritten);
    },
    end() {
      const last = rest.takenWith(LINE_END);
      return isWritten(last) && isJson(last) ? [last] : [];
    },
  };
}

function isWritten(line: Buffer): boolean {
  return line.some((byte) => byte > 0x20);
}

/** Some hosts forget the last line end. Half a line, though, is a reply cut short. */
function isJson(line: Buffer): boolean {
  try {
    JSON.parse(line.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}

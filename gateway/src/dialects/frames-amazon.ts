import { GatewayError } from '../model/error.ts';
import type { Transducer } from './contract.ts';
import { FrameRest, tooLarge } from './frame-rest.ts';

/** Total length, length of the headers, checksum of both; then, at the end, a checksum of all: four bytes each. */
const PRELUDE_BYTES = 12;
const MESSAGE_BYTES_MIN = PRELUDE_BYTES + 4;
const LENGTH_BYTES = 4;

/**
 * Cuts a stream into Amazon's binary messages, each of which says its length in front.
 * https://smithy.io/2.0/aws/amazon-eventstream.html
 */
export function amazonMessages(bytesMax: number): Transducer<Buffer, Buffer> {
  const rest = new FrameRest(bytesMax, 0);
  let wanted = LENGTH_BYTES;
  return {
    push(bytes) {
      if (rest.size + bytes.length < wanted) {
        rest.add(bytes);
        return [];
      }
      const buffer = rest.takenWith(bytes);
      const whole: Buffer[] = [];
      let start = 0;
      for (wanted = wantedAt(buffer, start, bytesMax); start + wanted <= buffer.length; ) {
        if (wanted > LENGTH_BYTES) {
          whole.push(buffer.subarray(start, start + wanted));
          start += wanted;
        }
        wanted = wantedAt(buffer, start, bytesMax);
      }
      rest.add(buffer.subarray(start));
      return whole;
    },
    // A message that isn't whole is a reply cut short.
    end: () => [],
  };
}

/** How many bytes the message at `start` has; those of its length where even that isn't known yet. */
function wantedAt(buffer: Buffer, start: number, bytesMax: number): number {
  if (start + LENGTH_BYTES > buffer.length) return LENGTH_BYTES;
  const length = buffer.readUInt32BE(start);
  if (length > bytesMax) throw tooLarge(bytesMax);
  if (length < MESSAGE_BYTES_MIN)
    throw new GatewayError(
      'upstream.bad-response',
      'The provider sent a message that says it is shorter than its own head.',
    );
  return length;
}

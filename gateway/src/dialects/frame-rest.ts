import { GatewayError } from '../model/error.ts';

const EMPTY = Buffer.alloc(0);

/** The beginning of a frame whose end has not come yet. Pieces are joined as in a binary counter, so many stay cheap. */
export class FrameRest {
  readonly #bytesMax: number;
  /** How many bytes of an end may lie on either side of a cut. */
  readonly #seamBytes: number;
  #pieces: Buffer[] = [];
  #tail: Buffer = EMPTY;
  size = 0;

  constructor(bytesMax: number, seamBytes: number) {
    this.#seamBytes = seamBytes;
    this.#bytesMax = bytesMax;
  }

  add(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.size += bytes.length;
    if (this.size > this.#bytesMax) throw tooLarge(this.#bytesMax);
    if (this.#seamBytes > 0)
      this.#tail = Buffer.concat([this.#tail, bytes.subarray(-this.#seamBytes)]).subarray(-this.#seamBytes);
    let piece = bytes;
    for (let last = this.#pieces.at(-1); last && last.length <= piece.length; last = this.#pieces.at(-1)) {
      this.#pieces.pop();
      piece = Buffer.concat([last, piece]);
    }
    this.#pieces.push(piece);
  }

  /** The last bytes kept and the first new ones: an end may be cut itself. */
  seam(bytes: Buffer): Buffer {
    return Buffer.concat([this.#tail, bytes.subarray(0, this.#seamBytes)]);
  }

  /** Everything so far and these bytes; nothing stays. */
  takenWith(bytes: Buffer): Buffer {
    const all = this.#pieces.length === 0 ? bytes : Buffer.concat([...this.#pieces, bytes]);
    this.#pieces = [];
    this.#tail = EMPTY;
    this.size = 0;
    return all;
  }
}

/** What is thrown when a frame is longer than allowed. */
export function tooLarge(bytesMax: number): GatewayError {
  return new GatewayError('upstream.bad-response', `The provider sent a frame of more than ${bytesMax} bytes.`);
}

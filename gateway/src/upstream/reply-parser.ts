import { ChunkedBody } from './chunked-body.ts';
import { checkBeginning, readReplyHead, type Framing, type ReplyHead } from './reply-head.ts';
import { WireFault } from './wire-fault.ts';

/** Most bytes of a head, interim replies before it included. */
const HEAD_BYTES_MAX = 64 * 1024;
const HEAD_END = '\r\n\r\n';

/** Who is told what a reply says. */
export interface ReplySink {
  readonly onHead: (head: ReplyHead) => void;
  /** Bytes of the body: those from one place of a piece to another. They may be gone after the call. */
  readonly onBody: (bytes: Buffer, from: number, to: number) => void;
}

type Part = 'head' | 'body' | 'over';

/**
 * Reads the replies of one connection, one after another, however their bytes are cut. Whatever isn't HTTP to the letter
 * throws a `WireFault`: a reply that two readers may read in two ways is no reply.
 */
export class ReplyParser {
  readonly #sink: ReplySink;
  #part: Part = 'head';
  /** The beginning of a head whose end hasn't come. */
  #beginning: Buffer | undefined;
  #interimBytes = 0;
  #framing: Framing = 0;
  /** What is still missing of a body whose length is known. */
  #missing = 0;
  #chunked: ChunkedBody | undefined;

  constructor(sink: ReplySink) {
    this.#sink = sink;
  }

  /** Whether the reply is complete. */
  get isOver(): boolean {
    return this.#part === 'over';
  }

  /** Makes ready for the next reply. */
  reset(): void {
    this.#part = 'head';
    this.#interimBytes = 0;
    this.#chunked = undefined;
  }

  /** Reads a piece, which may be written to. Says whether there were bytes behind the end of the reply. */
  push(piece: Buffer): boolean {
    let bytes = piece;
    let at = 0;
    while (this.#part === 'head') {
      const searched = this.#beginning?.length ?? 0;
      if (this.#beginning) bytes = Buffer.concat([this.#beginning, piece]);
      const end = bytes.indexOf(HEAD_END, Math.max(at, searched - HEAD_END.length + 1), 'latin1');
      this.#limitHead((end === -1 ? bytes.length : end) - at);
      if (end === -1) {
        this.#keepBeginning(bytes, at, searched);
        return false;
      }
      this.#beginning = undefined;
      this.#readHead(bytes.toString('latin1', at, end + 2));
      at = end + HEAD_END.length;
    }
    if (this.#part === 'body') at = this.#readBody(bytes, at);
    return at < bytes.length;
  }

  /** No more bytes will come. Throws unless that is how the reply ends. */
  end(): void {
    if (this.#part === 'over') return;
    if (this.#part === 'head') throw new WireFault('CLOSED', 'closed before the head of a reply was over');
    if (this.#framing !== 'until-close') throw new WireFault('CUT_SHORT', 'closed before the body was over');
    this.#part = 'over';
  }

  #limitHead(bytes: number): void {
    if (this.#interimBytes + bytes > HEAD_BYTES_MAX)
      throw new WireFault('HEAD_TOO_LARGE', `a head of more than ${HEAD_BYTES_MAX} bytes`);
  }

  #keepBeginning(bytes: Buffer, at: number, checked: number): void {
    if (at === bytes.length) return;
    // A copy, since the piece may be gone after this.
    this.#beginning = checked > 0 ? bytes : Buffer.from(bytes.subarray(at));
    checkBeginning(this.#beginning, checked);
  }

  #readHead(text: string): void {
    const head = readReplyHead(text);
    if (head.status === 101) throw new WireFault('NOT_HTTP', 'a change of protocol that nobody asked for');
    if (head.status < 200) {
      if (!head.isReusable) throw new WireFault('NOT_HTTP', 'an interim reply with nothing to follow');
      this.#interimBytes += text.length;
      return;
    }
    this.#framing = head.framing;
    if (head.framing === 'chunked') this.#chunked = new ChunkedBody();
    else if (head.framing !== 'until-close') this.#missing = head.framing;
    this.#part = head.framing === 0 ? 'over' : 'body';
    this.#sink.onHead(head);
  }

  #readBody(bytes: Buffer, at: number): number {
    if (this.#chunked) return this.#readChunks(this.#chunked, bytes, at);
    if (at === bytes.length) return at;
    const isCounted = this.#framing !== 'until-close';
    const end = isCounted ? Math.min(at + this.#missing, bytes.length) : bytes.length;
    this.#missing -= end - at;
    if (isCounted && this.#missing === 0) this.#part = 'over';
    this.#sink.onBody(bytes, at, end);
    return end;
  }

  #readChunks(chunked: ChunkedBody, bytes: Buffer, at: number): number {
    try {
      return chunked.push(bytes, at);
    } finally {
      // What came before a broken chunk counts.
      if (chunked.isOver) this.#part = 'over';
      if (chunked.to > chunked.from) this.#sink.onBody(bytes, chunked.from, chunked.to);
    }
  }
}

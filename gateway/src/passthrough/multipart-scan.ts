import { GatewayError } from '../model/error.ts';

/** A part that holds a short text. */
export interface FormField {
  readonly value: string;
  /** Where the value stands in the body. */
  readonly start: number;
  readonly end: number;
}

const HEAD_BYTES_MAX = 16 * 1024;
const FIELD_BYTES_MAX = 64 * 1024;
const FIELDS_MAX = 1000;
const CRLF = Buffer.from('\r\n');
const HEAD_END = Buffer.from('\r\n\r\n');
const LAST = Buffer.from('--');
const NOTHING = Buffer.alloc(0);
/** What a part calls itself. Anything that two parsers might read differently is refused. */
const DISPOSITION =
  /^content-disposition: *form-data; *name="([^"\\%\r\n]{1,256})"((?:; *[!-~]{1,32}="[^"\r\n]{0,1024}"|; *filename\*=[^\r\n;]{0,1024})*) *$/i;

/** The boundary in a `content-type`. Throws `request.media-type`. */
export function boundaryIn(contentType: string | undefined): string {
  const found = /^multipart\/form-data *;.*?\bboundary=(?:"([!-~]{1,70})"|([!#-:<-~]{1,70})(?![^;\s]))/i.exec(
    contentType ?? '',
  );
  const boundary = found?.[1] ?? found?.[2];
  if (boundary !== undefined) return boundary;
  throw new GatewayError(
    'request.media-type',
    'The body must be multipart/form-data, with its boundary in the content-type.',
  );
}

/**
 * Reads a form as it passes, without holding its files: which fields it has, and where they stand. What isn't written
 * strictly, or says a field twice that is looked for, is refused, so that the provider can't read another form than the
 * one that was looked at. Throws `request.invalid`.
 */
export class MultipartScan {
  /** Fields without a file, by name; of several with one name, the first. */
  readonly fields = new Map<string, FormField>();
  readonly #single: ReadonlySet<string>;
  readonly #delimiter: Buffer;
  /** Bytes that haven't been judged yet, and where they begin. The line end before the first boundary is thought. */
  #rest: Buffer = CRLF;
  #at = -CRLF.length;
  #state: 'preamble' | 'behind' | 'head' | 'content' | 'over' = 'preamble';
  #part: { readonly name: string; readonly isFile: boolean; readonly start: number } | undefined;
  #parts = 0;

  /** `single` are the fields that may stand but once. */
  constructor(boundary: string, single: readonly string[]) {
    this.#delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
    this.#single = new Set(single);
  }

  /** Whether the last part has ended. */
  get isOver(): boolean {
    return this.#state === 'over';
  }

  push(bytes: Buffer): void {
    if (this.#state === 'over') return;
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    while (this.#step()) if (this.isOver) this.#rest = NOTHING;
  }

  /** The body is complete. */
  end(): void {
    if (!this.isOver) throw malformed('it ends before its last part does');
  }

  /** Goes on by one piece of the form; `false` when more bytes are needed. */
  #step(): boolean {
    switch (this.#state) {
      case 'preamble':
      case 'content':
        return this.#content();
      case 'behind':
        return this.#behind();
      case 'head':
        return this.#head();
      case 'over':
        return false;
    }
  }

  #content(): boolean {
    const found = this.#rest.indexOf(this.#delimiter);
    if (found === -1) {
      const part = this.#part;
      if (part && !part.isFile) {
        if (this.#rest.length > FIELD_BYTES_MAX + this.#delimiter.length)
          throw malformed(`its field "${part.name}" is longer than ${FIELD_BYTES_MAX} bytes`);
      } else this.#drop(Math.max(0, this.#rest.length - this.#delimiter.length + 1));
      return false;
    }
    if (this.#state === 'preamble' && found !== 0) throw malformed('it doesn’t begin with its boundary');
    this.#endPart(found);
    this.#drop(found + this.#delimiter.length);
    this.#state = 'behind';
    return true;
  }

  #endPart(length: number): void {
    const part = this.#part;
    this.#part = undefined;
    if (!part || part.isFile || this.fields.has(part.name)) return;
    const { start } = part;
    this.fields.set(part.name, { value: this.#rest.toString('utf8', 0, length), start, end: start + length });
  }

  #behind(): boolean {
    if (this.#rest.length < CRLF.length) return false;
    const two = this.#rest.subarray(0, CRLF.length);
    if (two.equals(LAST)) this.#state = 'over';
    else if (two.equals(CRLF)) this.#state = 'head';
    else throw malformed('its boundary stands in the middle of a line');
    this.#drop(CRLF.length);
    return true;
  }

  #head(): boolean {
    const end = this.#rest.indexOf(HEAD_END);
    if (end === -1 ? this.#rest.length > HEAD_BYTES_MAX : end > HEAD_BYTES_MAX)
      throw malformed(`the head of a part is longer than ${HEAD_BYTES_MAX} bytes`);
    if (end === -1) return false;
    if ((this.#parts += 1) > FIELDS_MAX) throw malformed(`it has more than ${FIELDS_MAX} parts`);
    const part = partOf(this.#rest.toString('latin1', 0, end));
    if (this.#single.has(part.name) && (part.isFile || this.fields.has(part.name)))
      throw malformed(`"${part.name}" stands in it twice, or as a file`, part.name);
    this.#drop(end + HEAD_END.length);
    this.#part = { ...part, start: this.#at };
    this.#state = 'content';
    return true;
  }

  #drop(length: number): void {
    this.#rest = this.#rest.subarray(length);
    this.#at += length;
  }
}

function partOf(head: string): { readonly name: string; readonly isFile: boolean } {
  const own = head.split('\r\n').filter((line) => /^content-disposition\b/i.test(line));
  const found = own.length === 1 ? DISPOSITION.exec(own[0] ?? '') : null;
  if (!found || /^[ \t]/m.test(head)) throw malformed('a part doesn’t say its name plainly');
  const [, name = '', rest = ''] = found;
  if (/; *name/i.test(rest)) throw malformed('a part says two names');
  return { name, isFile: /; *filename/i.test(rest) };
}

function malformed(why: string, param?: string): GatewayError {
  return new GatewayError('request.invalid', `The form can’t be read: ${why}.`, { param });
}

/** Where one field of a JSON object stands in the bytes. */
export interface FieldSpan {
  readonly key: string;
  /** The opening quote of the key. */
  readonly keyStart: number;
  readonly valueStart: number;
  /** One past the last byte of the value. */
  readonly valueEnd: number;
}

/** One replacement of bytes; an empty `text` takes them out. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACE = 0x7d;
const CLOSE_BRACKET = 0x5d;

/**
 * The fields of the JSON object that stands in `bytes` from `start` to `end`, in order, without reading what is inside
 * them. A key that stands twice is given twice. `undefined` where the bytes don't look like one object. Meant for JSON
 * that a parser accepts: what stands inside the values is not checked.
 */
export function fieldSpans(bytes: Buffer, start = 0, end = bytes.length): FieldSpan[] | undefined {
  let at = afterSpace(bytes, start, end);
  if (at >= end || bytes[at] !== OPEN_BRACE) return undefined;
  const fields: FieldSpan[] = [];
  at = afterSpace(bytes, at + 1, end);
  while (at < end && bytes[at] === QUOTE) {
    const field = fieldAt(bytes, at, end);
    if (!field) return undefined;
    fields.push(field);
    at = afterSpace(bytes, field.valueEnd, end);
    if (at >= end || bytes[at] !== COMMA) break;
    at = afterSpace(bytes, at + 1, end);
    if (at >= end || bytes[at] !== QUOTE) return undefined;
  }
  const closed = at < end && bytes[at] === CLOSE_BRACE;
  return closed && afterSpace(bytes, at + 1, end) === end ? fields : undefined;
}

/** The first field of that name in the JSON object that begins `bytes`; what stands behind it isn't looked at. */
export function firstField(bytes: Buffer, key: string): FieldSpan | undefined {
  const end = bytes.length;
  let at = afterSpace(bytes, 0, end);
  if (bytes[at] !== OPEN_BRACE) return undefined;
  for (at = afterSpace(bytes, at + 1, end); bytes[at] === QUOTE; at = afterSpace(bytes, at + 1, end)) {
    const field = fieldAt(bytes, at, end);
    if (!field || field.key === key) return field;
    at = afterSpace(bytes, field.valueEnd, end);
    if (bytes[at] !== COMMA) return undefined;
  }
  return undefined;
}

function fieldAt(bytes: Buffer, keyStart: number, end: number): FieldSpan | undefined {
  const keyEnd = afterString(bytes, keyStart);
  if (keyEnd === -1 || keyEnd > end) return undefined;
  const colon = afterSpace(bytes, keyEnd, end);
  if (colon >= end || bytes[colon] !== COLON) return undefined;
  const key = keyText(bytes, keyStart, keyEnd);
  const valueStart = afterSpace(bytes, colon + 1, end);
  const valueEnd = valueStart < end ? afterValue(bytes, valueStart, end) : -1;
  if (key === undefined || valueEnd === -1 || valueEnd > end) return undefined;
  return { key, keyStart, valueStart, valueEnd };
}

/** The elements of the JSON array that stands in `bytes` from `start` to `end`, as fields whose keys are their places. */
export function elementSpans(bytes: Buffer, start: number, end: number): FieldSpan[] | undefined {
  let at = afterSpace(bytes, start, end);
  if (bytes[at] !== OPEN_BRACKET) return undefined;
  const elements: FieldSpan[] = [];
  at = afterSpace(bytes, at + 1, end);
  while (at < end && bytes[at] !== CLOSE_BRACKET) {
    const valueEnd = afterValue(bytes, at, end);
    if (valueEnd === -1) return undefined;
    elements.push({ key: String(elements.length), keyStart: at, valueStart: at, valueEnd });
    at = afterSpace(bytes, valueEnd, end);
    if (bytes[at] === COMMA) at = afterSpace(bytes, at + 1, end);
    else if (bytes[at] !== CLOSE_BRACKET) return undefined;
  }
  return elements;
}

/** The edit that takes a field out, with the one comma that belongs to it. */
export function cutField(fields: readonly FieldSpan[], index: number): Edit {
  const field = fields[index];
  const next = fields[index + 1];
  const previous = fields[index - 1];
  if (!field) throw new RangeError('There is no such field.');
  if (next) return { start: field.keyStart, end: next.keyStart, text: '' };
  return { start: previous ? previous.valueEnd : field.keyStart, end: field.valueEnd, text: '' };
}

/** The edits that take out several fields at once; they don't overlap, which single cuts of neighbours would. */
export function cutFields(fields: readonly FieldSpan[], isCut: (field: FieldSpan) => boolean): Edit[] {
  const edits: Edit[] = [];
  let kept: FieldSpan | undefined;
  let run: FieldSpan | undefined; // the first of the neighbours that go
  for (const field of fields) {
    if (isCut(field)) {
      run ??= field;
      continue;
    }
    if (run) edits.push({ start: run.keyStart, end: field.keyStart, text: '' });
    run = undefined;
    kept = field;
  }
  const last = fields.at(-1);
  if (run && last) edits.push({ start: kept ? kept.valueEnd : run.keyStart, end: last.valueEnd, text: '' });
  return edits;
}

/** Applies edits; they must not overlap. Bytes outside them stay as they are. */
export function spliced(bytes: Buffer, edits: readonly Edit[]): Buffer {
  if (edits.length === 0) return bytes;
  const inOrder = edits.length === 1 ? edits : [...edits].sort((a, b) => a.start - b.start);
  let { length } = bytes;
  for (const { start, end, text } of inOrder) length += Buffer.byteLength(text) - (end - start);
  const whole = Buffer.allocUnsafe(length);
  let [from, to] = [0, 0];
  for (const { start, end, text } of inOrder) {
    to += bytes.copy(whole, to, from, start);
    to += whole.write(text, to);
    from = end;
  }
  bytes.copy(whole, to, from);
  return whole;
}

/** Printable ASCII without escapes. */
const PLAIN = /^[ -[\]-~]*$/;

function keyText(bytes: Buffer, start: number, end: number): string | undefined {
  const raw = bytes.toString('latin1', start + 1, end - 1);
  if (PLAIN.test(raw)) return raw;
  try {
    // A key that isn't plain ASCII may spell a known name with escapes, so it is read properly.
    return JSON.parse(bytes.toString('utf8', start, end)) as string;
  } catch {
    return undefined;
  }
}

function afterSpace(bytes: Buffer, from: number, end: number): number {
  let at = from;
  while (at < end && (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09)) at += 1;
  return at;
}

/** One past the closing quote of the string that opens at `start`, or -1. */
export function afterString(bytes: Buffer, start: number): number {
  let at = bytes.indexOf(QUOTE, start + 1);
  while (at !== -1) {
    let before = at - 1;
    while (bytes[before] === BACKSLASH) before -= 1;
    if ((at - before) % 2 === 1) return at + 1;
    at = bytes.indexOf(QUOTE, at + 1);
  }
  return -1;
}

function afterValue(bytes: Buffer, start: number, end: number): number {
  const first = bytes[start];
  if (first === QUOTE) return afterString(bytes, start);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return afterNested(bytes, start, end);
  let at = start;
  while (at < end && !endsScalar(bytes[at])) at += 1;
  return at > start ? at : -1;
}

function endsScalar(byte: number | undefined): boolean {
  return (
    byte === COMMA ||
    byte === CLOSE_BRACE ||
    byte === CLOSE_BRACKET ||
    byte === 0x20 ||
    byte === 0x0a ||
    byte === 0x0d ||
    byte === 0x09
  );
}

function afterNested(bytes: Buffer, start: number, end: number): number {
  let depth = 0;
  let at = start;
  while (at < end) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = afterString(bytes, at);
      if (at === -1) return -1;
      continue;
    }
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth -= 1;
    at += 1;
    if (depth === 0) return at;
  }
  return -1;
}

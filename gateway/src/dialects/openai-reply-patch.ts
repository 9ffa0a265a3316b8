import type { Wire } from '../model/reply.ts';
import type { ReplyPatch } from './contract.ts';
import { fieldSpans, firstField } from './json-spans.ts';
import { isObject, type JsonObject } from './json-object.ts';
import { dataSpan, readFrame } from './sse.ts';

/** Choices that are there; a chunk without any may be one that only says usage. */
const SOME_CHOICES = /"choices"\s*:\s*\[\s*[^\]\s]/;

/** Puts the caller's model name into a reply's frames, and withholds the usage chunk where nobody asked for it. */
export function patchOpenaiReply(
  form: Wire['form'],
  { model, withholdUsage }: ReplyPatch,
): (frame: Buffer) => Buffer | undefined {
  const name = Buffer.from(JSON.stringify(model));
  if (form === 'json') return (body) => renamed(body, name, soleModelSpan(body));
  return framePatcher(name, withholdUsage);
}

/** Where a value stands in the bytes. */
interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * All chunks of a stream begin alike, up to the model's name and the choices behind it. So what was learnt from one is
 * compared with the next; only a chunk that begins in another way is scanned.
 */
function framePatcher(name: Buffer, withholdUsage: boolean): (frame: Buffer) => Buffer | undefined {
  let before: Buffer = Buffer.alloc(0);
  let after: Buffer = before;
  return (frame) => {
    const length = before.length;
    if (length > 0 && frame.length > length && frame.compare(before, 0, length, 0, length) === 0) {
      return before === after ? frame : joined(after, frame, length);
    }
    const data = dataSpan(frame);
    const span = data && modelSpan(frame, data.start, data.end);
    if (!span) return data && withholdUsage && saysOnlyUsage(frame) ? undefined : frame;
    const choices = SOME_CHOICES.exec(frame.toString('latin1', span.end));
    if (choices) {
      const end = span.end + choices.index + choices[0].length;
      before = Buffer.from(frame.subarray(0, end));
      after = renamed(before, name, span);
    } else if (withholdUsage && saysOnlyUsage(frame)) return undefined;
    return renamed(frame, name, span);
  };
}

function renamed(bytes: Buffer, name: Buffer, span: Span | undefined): Buffer {
  if (!span || bytes.compare(name, 0, name.length, span.start, span.end) === 0) return bytes;
  const { start, end } = span;
  const whole = Buffer.allocUnsafe(bytes.length - (end - start) + name.length);
  bytes.copy(whole, 0, 0, start);
  name.copy(whole, start);
  bytes.copy(whole, start + name.length, end);
  return whole;
}

function joined(head: Buffer, frame: Buffer, from: number): Buffer {
  const whole = Buffer.allocUnsafe(head.length + frame.length - from);
  head.copy(whole, 0);
  frame.copy(whole, head.length, from);
  return whole;
}

const MODEL = Buffer.from('"model"');

/** The same for a body that was read before: behind its model nothing is looked at unless there may be another one. */
function soleModelSpan(body: Buffer): Span | undefined {
  const first = firstField(body, 'model');
  if (!first || body.includes(MODEL, first.valueEnd)) return modelSpan(body, 0, body.length);
  return body[first.valueStart] === 0x22 ? { start: first.valueStart, end: first.valueEnd } : undefined;
}

/** The value of the one top-level `model`; `undefined` if there is none, or two, or it isn't a string. */
function modelSpan(bytes: Buffer, start: number, end: number): Span | undefined {
  const found = fieldSpans(bytes, start, end)?.filter(({ key }) => key === 'model');
  const [field] = found ?? [];
  if (!field || found?.length !== 1 || bytes[field.valueStart] !== 0x22) return undefined;
  return { start: field.valueStart, end: field.valueEnd };
}

/** Things that a chunk without choices may also carry, and that the caller must not lose with it. */
const WORTH_KEEPING = ['error', 'moderation', 'prompt_filter_results', 'citations', 'search_results'];

function saysOnlyUsage(frame: Buffer): boolean {
  const chunk = parsed(frame);
  if (!chunk || !Array.isArray(chunk['choices']) || chunk['choices'].length > 0) return false;
  return isObject(chunk['usage']) && WORTH_KEEPING.every((key) => chunk[key] === undefined || chunk[key] === null);
}

function parsed(frame: Buffer): JsonObject | undefined {
  try {
    const chunk: unknown = JSON.parse(readFrame(frame)?.data ?? '');
    return isObject(chunk) ? chunk : undefined;
  } catch {
    return undefined;
  }
}

import { isUtf8 } from 'node:buffer';
import { dialects } from '../dialects/index.ts';
import { isAbyss } from '../dialects/json-depth.ts';
import { GatewayError } from '../model/error.ts';
import type { Ask, DialectId, Origin } from '../model/request.ts';
import type { RequestHeaders } from '../model/turn.ts';
import { wishes, type Wishes } from './switches.ts';

/** What ingress made of an HTTP request: the question and the wishes; nobody has been asked yet. */
export interface Call extends Wishes {
  readonly ask: Ask;
}

/** Reads a request body strictly. Throws `request.invalid`, naming the field. */
export function ingress(bytes: Buffer, dialect: DialectId, headers: RequestHeaders): Call {
  return callOf(withTextContent({ dialect, bytes, body: jsonObject(bytes) }), headers);
}

/** Checks a body that is parsed already. */
export function callOf(origin: Origin, headers: RequestHeaders): Call {
  const wished = wishes(origin.body, headers);
  return {
    switches: wished.switches,
    ownFields: wished.ownFields,
    warnings: wished.warnings,
    ask: dialects[origin.dialect].readRequest(withoutFields(origin, wished.ownFields)),
  };
}

/** Our own switches are no part of the question. The bytes keep them until they are patched. */
function withoutFields(origin: Origin, names: readonly string[]): Origin {
  if (names.length === 0) return origin;
  const body = { ...origin.body };
  for (const name of names) delete body[name];
  return { ...origin, body };
}

/** The bytes as a JSON object. Throws `request.invalid`. */
export function jsonObject(bytes: Buffer): Readonly<Record<string, unknown>> {
  const parsed = parsedJson(bytes);
  if (bytes.length === 0) throw new GatewayError('request.invalid', 'The request body is empty.');
  // The parser's own message quotes the body, which is private.
  if (!parsed) throw new GatewayError('request.invalid', 'The request body is not valid JSON.');
  return asObject(parsed.value);
}

/** The bytes as JSON; `undefined` where they are something else. Throws `request.invalid` for what isn't even text. */
export function parsedJson(bytes: Buffer): { readonly value: unknown } | undefined {
  requireUtf8(bytes);
  if (isAbyss(bytes)) throw new GatewayError('request.invalid', 'The request body is nested too deeply.');
  try {
    return { value: JSON.parse(bytes.toString('utf8')) };
  } catch {
    return undefined;
  }
}

/** A JSON value that must be an object. Throws `request.invalid`. */
export function asObject(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new GatewayError('request.invalid', 'The request body must be a JSON object.');
  return value as Readonly<Record<string, unknown>>;
}

/** Broken text is refused, since repairing it would change what was said. Throws `request.invalid`. */
export function requireUtf8(bytes: Buffer): void {
  if (!isUtf8(bytes)) throw new GatewayError('request.invalid', 'The request body is not valid UTF-8.');
}

/** A message whose content is an object (not a text, not a list of parts) is sent as the object's JSON text. */
export function withTextContent(origin: Origin): Origin {
  const { messages } = origin.body;
  if (!Array.isArray(messages) || !messages.some(hasObjectContent)) return origin;
  const texts = messages.map((message: unknown) =>
    hasObjectContent(message) ? { ...message, content: jsonText(message.content) } : message,
  );
  const body = { ...origin.body, messages: texts };
  return { dialect: origin.dialect, body, bytes: Buffer.from(jsonText(body)) };
}

/** A parser reads an abyss of brackets that a writer falls into. */
function jsonText(value: object): string {
  try {
    return JSON.stringify(value);
  } catch {
    throw new GatewayError('request.invalid', 'The messages are nested too deeply.', { param: 'messages' });
  }
}

function hasObjectContent(message: unknown): message is { readonly content: object } {
  if (typeof message !== 'object' || message === null || !('content' in message)) return false;
  const { content } = message;
  return typeof content === 'object' && content !== null && !Array.isArray(content);
}

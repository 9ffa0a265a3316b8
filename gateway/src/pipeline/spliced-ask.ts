import { isDeepStrictEqual } from 'node:util';
import { dialects } from '../dialects/index.ts';
import { spliceTexts } from '../dialects/text-splice.ts';
import { Ask, type ChatRequest, type Origin, type TextEdit } from '../model/request.ts';

/**
 * A request in which only texts were changed, with the caller's own bytes around them. What the bytes then say is read
 * again and compared; where it isn't the very request, it has no bytes and is written anew.
 */
export function splicedAsk({ origin }: Ask, request: ChatRequest, texts: readonly TextEdit[]): Ask {
  const bytes = origin && spliceTexts(origin.bytes, texts);
  if (!origin || !bytes) return Ask.made(request);
  const changed: Origin = { dialect: origin.dialect, bytes, body: bodyOf(bytes, origin.body) };
  const ask = dialects[origin.dialect].readRequest(changed);
  return isDeepStrictEqual(ask.look(), request) ? ask : Ask.made(request);
}

/** The same fields as before: our own switches still stand in the bytes, but are no part of the question. */
function bodyOf(bytes: Buffer, before: Origin['body']): Origin['body'] {
  const body = JSON.parse(bytes.toString()) as Origin['body'];
  const same: Record<string, unknown> = {};
  for (const field of Object.keys(before)) same[field] = body[field];
  return same;
}

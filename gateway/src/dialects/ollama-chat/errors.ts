import { GatewayError } from '../../model/error.ts';
import type { UpstreamComplaint } from '../contract.ts';
import { type Fields, isFields, textOf } from './fields.ts';

/** Writes an error before the first byte of a reply. Nothing but a text is said. https://docs.ollama.com/api/errors */
export function encodeError({ message }: GatewayError, _requestId: string): Buffer {
  return Buffer.from(JSON.stringify({ error: message }));
}

/** Reads an error body. What stands before an Ollama may answer in OpenAI's form. */
export function readError(body: unknown): UpstreamComplaint {
  const fields = isFields(body) ? body : {};
  const inner = isFields(fields['error']) ? fields['error'] : {};
  const said = [fields['error'], inner['message'], fields['message']];
  const message = said.map(textOf).find((text) => text !== undefined && text !== '');
  return { message, type: undefined, code: undefined, param: undefined, means: meaningOf(message ?? '') };
}

const MEANINGS: readonly (readonly [RegExp, UpstreamComplaint['means']])[] = [
  [/context (?:length|window|size)|prompt (?:is )?too long/i, 'context-window'],
  [/server busy|pending requests exceeded|overloaded/i, 'overloaded'],
  [/rate limit|too many requests|usage limit/i, 'rate-limited'],
  [/^unauthorized/i, 'auth'],
];

/** Errors say no kind, so there is only the text to go by. */
function meaningOf(message: string): UpstreamComplaint['means'] {
  return MEANINGS.find(([pattern]) => pattern.test(message))?.[1];
}

/** Reads an error that came in place of a reply or inside one. */
export function errorOf(fields: Fields): GatewayError {
  const { message, means } = readError(fields);
  return new GatewayError(
    means ? (`upstream.${means}` as const) : 'upstream.broke',
    message ?? 'The provider ended its reply with an error.',
    { quoted: message !== undefined },
  );
}

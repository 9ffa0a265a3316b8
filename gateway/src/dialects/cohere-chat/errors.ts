import { GatewayError } from '../../model/error.ts';
import type { UpstreamComplaint } from '../contract.ts';
import { type Fields, isFields, present, textOf } from './fields.ts';

/** Cohere's kinds of errors are words like `TOO_MANY_TOKENS`; no other wire's are. */
const KIND = /^[A-Z][A-Z_]{0,63}$/;

/** Writes an error before the first byte of a reply. https://docs.cohere.com/reference/errors */
export function encodeError({ message, details: { upstreamType } }: GatewayError, requestId: string): Buffer {
  const kind = upstreamType !== undefined && KIND.test(upstreamType) ? upstreamType : undefined;
  return Buffer.from(JSON.stringify(present({ id: requestId, message, error_type: kind })));
}

/** Reads an error body. */
export function readError(body: unknown): UpstreamComplaint {
  const fields = isFields(body) ? body : {};
  const inner = isFields(fields['error']) ? fields['error'] : {};
  // Of a forbidden word it says `data` in place of a message.
  const said = [fields['message'], fields['error'], inner['message'], fields['data']];
  const message = said.map(nonEmpty).find((text) => text !== undefined);
  const type = nonEmpty(fields['error_type']);
  return { message, type, code: undefined, param: undefined, means: meaningOf(type, message ?? '') };
}

function nonEmpty(value: unknown): string | undefined {
  return textOf(value) || undefined;
}

/** Most errors say no kind, so there is only the text to go by. */
function meaningOf(type: string | undefined, message: string): UpstreamComplaint['means'] {
  // Asking for more output than a model gives is no matter of its window.
  if (/max tokens must be/i.test(message)) return undefined;
  if (type === 'TOO_MANY_TOKENS' || /^too many tokens/i.test(message)) return 'context-window';
  return /^blocked (?:input|output)/i.test(message) ? 'content-policy' : undefined;
}

/** Reads an error that came in place of a reply or inside one. */
export function errorOf(fields: Fields): GatewayError {
  const { message, type, means } = readError(fields);
  return new GatewayError(
    means ? (`upstream.${means}` as const) : 'upstream.broke',
    message ?? 'The provider ended its reply with an error.',
    { quoted: message !== undefined, ...present({ upstreamType: type }) },
  );
}

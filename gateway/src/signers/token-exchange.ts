import { Cancellation } from '../model/cancellation.ts';
import { beginning, type UpstreamRequest } from '../model/upstream.ts';
import type { SignerPorts } from './contract.ts';
import type { Token } from './token-shelf.ts';

const TIMEOUT_MS = 10_000;
const ANSWER_BYTES_MAX = 64 * 1024;

/** Where a token is asked for, and with what. */
export interface TokenQuestion {
  readonly provider: string;
  readonly address: URL;
  /** Without one it is asked for as a page is. */
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a token service answered: a token, or the status of a refusal. Its words may quote what is secret. */
export type TokenAnswer = Token | { readonly refusedWith: number };

/** Asks for a token, as a rule by a form, as OAuth 2.0 has it. https://www.rfc-editor.org/rfc/rfc6749#section-5.1 */
export async function exchangedToken(
  { provider, address, form, headers = {} }: TokenQuestion,
  { transport, nowMs }: Pick<SignerPorts, 'transport' | 'nowMs'>,
): Promise<TokenAnswer> {
  const request: UpstreamRequest = {
    provider,
    method: form ? 'POST' : 'GET',
    origin: address.origin,
    path: address.pathname + address.search,
    headers: [
      ...(form ? ['content-type', 'application/x-www-form-urlencoded'] : []),
      ...Object.entries(headers).flat(),
    ],
    body: form && Buffer.from(new URLSearchParams(form).toString()),
  };
  const response = await transport(request, {
    // Others may wait for the same token, so it isn't given up with the caller who wanted it first.
    cancellation: new Cancellation(),
    headersTimeoutMs: TIMEOUT_MS,
    idleTimeoutMs: TIMEOUT_MS,
  });
  const text = await beginning(response.body, ANSWER_BYTES_MAX);
  const said = response.status === 200 ? tokenIn(text, nowMs()) : undefined;
  return said ?? { refusedWith: response.status };
}

function tokenIn(text: string, nowMs: number): Token | undefined {
  try {
    const { access_token: token, expires_in: seconds, expires_on: end } = JSON.parse(text) as Record<string, unknown>;
    const expiresAtMs = isCount(seconds) ? nowMs + Number(seconds) * 1000 : Number(end) * 1000;
    return typeof token === 'string' && (isCount(seconds) || isCount(end)) ? { text: token, expiresAtMs } : undefined;
  } catch {
    return undefined;
  }
}

/** Azure's machines write their numbers as texts. */
const isCount = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'string' && /^\d{1,15}$/.test(value));

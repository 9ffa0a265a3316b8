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
  readonly form: Readonly<Record<string, string>>;
}

/** What a token service answered: a token, or the status of a refusal. Its words may quote what is secret. */
export type TokenAnswer = Token | { readonly refusedWith: number };

/** Exchanges a form for a token, as OAuth 2.0 has it. https://www.rfc-editor.org/rfc/rfc6749#section-5.1 */
export async function exchangedToken(
  { provider, address, form }: TokenQuestion,
  { transport, nowMs }: Pick<SignerPorts, 'transport' | 'nowMs'>,
): Promise<TokenAnswer> {
  const request: UpstreamRequest = {
    provider,
    method: 'POST',
    origin: address.origin,
    path: address.pathname,
    headers: ['content-type', 'application/x-www-form-urlencoded'],
    body: Buffer.from(new URLSearchParams(form).toString()),
  };
  const response = await transport(request, {
    // Others may wait for the same token, so it isn't given up with the caller who wanted it first.
    cancellation: new Cancellation(),
    headersTimeoutMs: TIMEOUT_MS,
    idleTimeoutMs: TIMEOUT_MS,
  });
  const text = await beginning(response.body, ANSWER_BYTES_MAX);
  const said = response.status === 200 ? tokenIn(text) : undefined;
  return said ? { text: said.token, expiresAtMs: nowMs() + said.seconds * 1000 } : { refusedWith: response.status };
}

function tokenIn(text: string): { readonly token: string; readonly seconds: number } | undefined {
  try {
    const { access_token: token, expires_in: seconds } = JSON.parse(text) as Record<string, unknown>;
    return typeof token === 'string' && typeof seconds === 'number' ? { token, seconds } : undefined;
  } catch {
    return undefined;
  }
}

import { GatewayError } from '../model/error.ts';
import type { ErrorCode } from '../model/error-rules.ts';

const CODES: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  CONNECT_TIMEOUT: ['upstream.timeout', 'didn’t accept a connection in time (connect timer)'],
  HEAD_TOO_LARGE: ['upstream.bad-response', 'sent response headers that are too large'],
  NOT_HTTP: ['upstream.bad-response', 'answered something that isn’t HTTP'],
  CUT_SHORT: ['upstream.broke', 'cut its reply short'],
  CLOSED: ['upstream.broke', 'closed the connection'],
  ECONNRESET: ['upstream.broke', 'reset the connection'],
  EPIPE: ['upstream.broke', 'closed the connection'],
  ECONNREFUSED: ['upstream.unreachable', 'refused the connection'],
  ENOTFOUND: ['upstream.unreachable', 'has a host name that can’t be resolved'],
  EAI_AGAIN: ['upstream.unreachable', 'has a host name that can’t be resolved at the moment'],
  EHOSTUNREACH: ['upstream.unreachable', 'can’t be reached'],
  ENETUNREACH: ['upstream.unreachable', 'can’t be reached'],
  ETIMEDOUT: ['upstream.timeout', 'didn’t accept a connection in time (connect timer)'],
};

/** Says a failed connection in our words. The cause keeps the details for the log; the message has no address in it. */
export function connectionFailure(thrown: unknown, provider: string): GatewayError {
  if (thrown instanceof GatewayError) return thrown;
  const code = codeOf(thrown);
  const known = CODES[code];
  if (known) return new GatewayError(known[0], `${provider} ${known[1]}.`, { cause: thrown });
  if (/CERT|TLS|SSL|SELF_SIGNED|ALTNAME|LEAF_SIGNATURE/.test(code)) {
    return new GatewayError('upstream.unreachable', `${provider} has a certificate that can’t be trusted (${code}).`, {
      cause: thrown,
    });
  }
  return new GatewayError('upstream.broke', `The connection to ${provider} failed.`, { cause: thrown });
}

function codeOf(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null) return '';
  if ('code' in thrown && typeof thrown.code === 'string') return thrown.code;
  if ('errors' in thrown && Array.isArray(thrown.errors)) return codeOf(thrown.errors[0]); // every address was tried
  return 'cause' in thrown ? codeOf(thrown.cause) : '';
}

import type { Quota } from './account.ts';
import { ERROR_RULES, type ErrorCode, type ErrorRule } from './error-rules.ts';

/** What may be said besides code and message. */
export interface ErrorDetails {
  readonly cause?: unknown;
  /** The request field at fault, as the caller wrote it, e.g. `messages[0].role`. */
  readonly param?: string | undefined;
  /** How long to wait, in milliseconds: what the provider asked of us, or what we ask of the caller. */
  readonly retryAfterMs?: number | undefined;
  /** How much the caller may still do. */
  readonly quota?: Quota | undefined;
  /** The provider's own status, passed on instead of the table's. */
  readonly status?: number | undefined;
  /** The message is the provider's own, which may quote the prompt: for the caller, not for the log. */
  readonly quoted?: boolean | undefined;
  /** The provider's own error type and code, passed on where the caller's dialect has a place for them. */
  readonly upstreamType?: string | undefined;
  readonly upstreamCode?: string | undefined;
}

/** The one error class. What isn't one of these is a bug of ours. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.code = code;
    this.details = details;
  }

  get rule(): ErrorRule {
    return ERROR_RULES[this.code];
  }

  /** HTTP status to say to the caller. */
  get status(): number {
    return this.details.status ?? this.rule.status;
  }

  /** Anything thrown that isn't ours is our bug, and says no more than that. */
  static from(thrown: unknown): GatewayError {
    if (thrown instanceof GatewayError) return thrown;
    return new GatewayError('gateway.bug', 'The gateway failed; the request id finds the details.', { cause: thrown });
  }
}

/** A refusal of one field of a request, as `what` says: "must be a text", "is not known". */
export function refusedField(param: string, what: string): GatewayError {
  return new GatewayError('request.invalid', `"${param}" ${what}.`, { param });
}

import type { Detector } from '../detectors/contract.ts';
import { GatewayError } from '../model/error.ts';
import type { TurnRecord } from '../model/turn.ts';
import { scan } from './scan.ts';

/** A text without private values; what kind each one was stays. */
export function maskedText(text: string, detectors: readonly Detector[]): string {
  const found = scan(text, detectors);
  return found.reduceRight(
    (masked, { start, end, word }) => `${masked.slice(0, start)}<${word}>${masked.slice(end)}`,
    text,
  );
}

/** A record whose free texts (model, tags, warnings, messages) hold no private values. The rest of it is ours. */
export function maskedRecord(record: TurnRecord, mask: (text: string) => string): TurnRecord {
  const { error, model, tags, warnings, attempts } = record;
  const isClean = (text: string): boolean => mask(text) === text;
  const hasErrors = error !== undefined || attempts.some((attempt) => attempt.error !== undefined);
  // Nearly all are clean, and copying a record costs more than looking at it.
  if (!hasErrors && isClean(model) && tags.every(isClean) && warnings.every(isClean)) return record;
  return {
    ...record,
    model: mask(record.model),
    tags: record.tags.map(mask),
    warnings: record.warnings.map(mask),
    error: error && maskedError(error, mask),
    attempts: record.attempts.map((attempt) =>
      attempt.error ? { ...attempt, error: maskedError(attempt.error, mask) } : attempt,
    ),
  };
}

function maskedError({ code, message, details }: GatewayError, mask: (text: string) => string): GatewayError {
  const { upstreamCode, upstreamType, param } = details;
  return new GatewayError(code, mask(message), {
    ...details,
    cause: undefined,
    param: param === undefined ? undefined : mask(param),
    upstreamCode: upstreamCode === undefined ? undefined : mask(upstreamCode),
    upstreamType: upstreamType === undefined ? undefined : mask(upstreamType),
  });
}

/** What was thrown, its message and its trace without private values. Its own cause and fields are left out. */
export function maskedCause(thrown: unknown, mask: (text: string) => string): unknown {
  if (!(thrown instanceof Error)) return mask(String(thrown));
  const masked = new Error(mask(thrown.message));
  masked.name = thrown.name;
  masked.stack = mask(thrown.stack ?? '');
  return masked;
}

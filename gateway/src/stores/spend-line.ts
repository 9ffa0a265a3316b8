import type { OpenReservation, SpendRow } from './contract.ts';

/**
 * A turn's cost as the journal has it: its values alone, in the order of `spendOfLine`. Every turn writes one, and names
 * would be two thirds of it.
 */
export function spendLine(row: SpendRow): string {
  return JSON.stringify([
    row.requestId,
    row.keyId,
    row.userId,
    row.periodStart,
    row.model,
    row.provider,
    row.upstreamModel,
    row.inputTokens,
    row.outputTokens,
    row.cacheReadTokens,
    row.cacheWriteTokens,
    row.costNanousd,
    row.estimated,
    row.note,
    row.status,
    row.stream,
    row.tags,
    row.startedAt,
    row.endedAt,
  ]);
}

type Values = readonly [
  string,
  string,
  string | null,
  number,
  string,
  string | null,
  string | null,
  number,
  number,
  number,
  number,
  number,
  boolean,
  string | null,
  number,
  boolean,
  readonly string[],
  number,
  number,
];

const VALUES = 19;

/** Reads such values. Throws where there are more or fewer of them: another version wrote those. */
export function spendOfLine(values: unknown): SpendRow {
  if (!Array.isArray(values) || values.length !== VALUES) throw new Error('This is no line of spend.');
  const [requestId, keyId, userId, periodStart, model, provider, upstreamModel, ...rest] = values as unknown as Values;
  const [inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, costNanousd, ...last] = rest;
  const [estimated, note, status, stream, tags, startedAt, endedAt] = last;
  return {
    requestId,
    keyId,
    userId: userId ?? undefined,
    periodStart,
    model,
    provider: provider ?? undefined,
    upstreamModel: upstreamModel ?? undefined,
    inputTokens,
    outputTokens,
    cacheReadTokens,
    cacheWriteTokens,
    costNanousd,
    estimated,
    note: note ?? undefined,
    status,
    stream,
    tags,
    startedAt,
    endedAt,
  };
}

/** What is held back for a turn, in the same way. */
export function reservationLine({ turnId, keyId, periodStart, nanousd, at }: OpenReservation): string {
  return JSON.stringify([turnId, keyId, periodStart, nanousd, at]);
}

const RESERVATION_VALUES = 5;

/** Reads those. Throws as `spendOfLine` does. */
export function reservationOfLine(values: unknown): OpenReservation {
  if (!Array.isArray(values) || values.length !== RESERVATION_VALUES) throw new Error('This is no reservation.');
  const [turnId, keyId, periodStart, nanousd, at] = values as [string, string, number, number, number];
  return { turnId, keyId, periodStart, nanousd, at };
}

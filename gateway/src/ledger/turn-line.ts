import type { GatewayError } from '../model/error.ts';
import { dollarText } from '../model/money.ts';
import type { TurnRecord } from '../model/turn.ts';

/** What needs no escaping in JSON. */
const PLAIN = /^[ !#-[\]-~]*$/;

/**
 * A turn as one line of JSON, `level` being the number that the logger gives it. The fields are named one by one, so
 * that nothing private can come along, and put together by hand: every turn has such a line.
 */
export function turnLine(record: TurnRecord, level: number): string {
  const { usage, error, attempts, tags, warnings } = record;
  let line = `{"level":${level},"time":${Math.round(record.startedAt + record.durationMs)}`;
  line += text('requestId', record.turnId) + text('key', record.keyId) + text('dialect', record.dialect);
  line += text('model', record.model) + text('provider', record.provider);
  line += text('upstreamModel', record.upstreamModel);
  line += `,"stream":${record.stream},"status":${record.status},"end":"${record.end}"`;
  line += milliseconds('durationMs', record.durationMs) + milliseconds('firstOutputMs', record.firstOutputMs);
  if (usage) line += `,"inputTokens":${usage.inputTokens},"outputTokens":${usage.outputTokens}`;
  if (record.cost) line += `,"costUsd":${dollarText(record.cost.nanousd)}`;
  if (record.cost?.note !== undefined) line += text('costNote', record.cost.note);
  if (record.usageEstimated) line += ',"usageEstimated":true';
  line += `,"attempts":${attempts.length}`;
  const fallback = attempts.at(-1)?.fallback;
  if (fallback) line += `,"fallback":${fallback}`;
  if (attempts.some((attempt) => attempt.error)) line += json('failures', failures(record));
  if (error) line += json('error', errorLine(error));
  const tool = record.trail.find(({ did }) => did === 'answered')?.note?.['tool'];
  if (tool !== undefined) line += json('tool', tool);
  if (record.cache !== undefined) line += `,"cache":"${record.cache}"` + noted(record, 'bypassed');
  if (tags.length > 0) line += json('tags', tags);
  if (warnings.length > 0) line += json('warnings', warnings);
  if (record.trail.length > 0) line += noted(record, 'masked') + noted(record, 'flagged') + saving(record);
  return `${line},"msg":"turn"}\n`;
}

function text(name: string, value: string | undefined): string {
  if (value === undefined) return '';
  return `,"${name}":${PLAIN.test(value) ? `"${value}"` : JSON.stringify(value)}`;
}

function milliseconds(name: string, ms: number | undefined): string {
  return ms === undefined ? '' : `,"${name}":${Math.round(ms * 100) / 100}`;
}

function json(name: string, value: unknown): string {
  return `,"${name}":${JSON.stringify(value)}`;
}

/** A fact that some stage left. */
function noted({ trail }: TurnRecord, fact: string): string {
  for (const { note } of trail) if (note?.[fact] !== undefined) return json(fact, note[fact]);
  return '';
}

/** What token saving did, or would have done. */
function saving({ trail }: TurnRecord): string {
  const note = trail.find(({ stage }) => stage === 'compress')?.note;
  return note ? json('saving', note) : '';
}

function failures({ attempts }: TurnRecord): readonly string[] {
  return attempts.flatMap(({ provider, error }) => (error ? [`${provider} ${error.code}`] : []));
}

/** A provider's message may quote the prompt, so only our own messages are written. */
function errorLine({ code, message, details }: GatewayError): object {
  return { code, message: details.quoted ? undefined : message, upstreamCode: details.upstreamCode };
}

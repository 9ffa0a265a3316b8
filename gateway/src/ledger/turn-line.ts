import type { GatewayError } from '../model/error.ts';
import { dollarText } from '../model/money.ts';
import { noted, noteOf, type TurnRecord } from '../model/turn.ts';

/** Few names are said again and again: of keys, models and providers. Callers may invent others. */
const REMEMBERED_MAX = 1000;
const remembered = new Map<string, string>();

/**
 * A turn as one line of JSON, `level` being the number that the logger gives it. The fields are named one by one, so
 * that nothing private can come along, and put together by hand: every turn has such a line.
 */
export function turnLine(record: TurnRecord, level: number): string {
  const { usage, error, attempts, tags, warnings } = record;
  let line = `{"level":${level},"time":${Math.round(record.startedAt + record.durationMs)}`;
  // Ids are ours, and each is another.
  line += `,"requestId":"${record.turnId}"` + text('key', record.keyId) + text('dialect', record.dialect);
  if (record.operation !== undefined) line += text('operation', record.operation);
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
  line += fact('tool', record);
  if (record.cache !== undefined) line += `,"cache":"${record.cache}"` + fact('bypassed', record);
  if (tags.length > 0) line += json('tags', tags);
  if (warnings.length > 0) line += json('warnings', warnings);
  line += fact('masked', record) + fact('flagged', record);
  const saving = noteOf(record.trail, 'compress');
  if (saving) line += json('saving', saving);
  return `${line},"msg":"turn"}\n`;
}

function text(name: string, value: string | undefined): string {
  if (value === undefined) return '';
  return `,"${name}":${quoted(value)}`;
}

function quoted(value: string): string {
  let json = remembered.get(value);
  if (json === undefined) {
    json = JSON.stringify(value);
    // A copy, since a name may be a slice of a whole head, key and all, and would keep it in memory.
    if (remembered.size < REMEMBERED_MAX) remembered.set(JSON.parse(json) as string, json);
  }
  return json;
}

/** With two digits behind the point, put together from whole numbers, which V8 writes far sooner than others. */
function milliseconds(name: string, ms: number | undefined): string {
  if (ms === undefined) return '';
  const hundredths = Math.round(ms * 100);
  const rest = hundredths % 100;
  return `,"${name}":${(hundredths - rest) / 100}.${rest < 10 ? '0' : ''}${rest}`;
}

function json(name: string, value: unknown): string {
  return `,"${name}":${JSON.stringify(value)}`;
}

/** A fact that some station left. */
function fact(name: string, { trail }: TurnRecord): string {
  const value = noted(trail, name);
  return value === undefined ? '' : json(name, value);
}

function failures({ attempts }: TurnRecord): readonly string[] {
  return attempts.flatMap(({ provider, error }) => (error ? [`${provider} ${error.code}`] : []));
}

/** A provider's message may quote the prompt, so only our own messages are written. */
function errorLine({ code, message, details }: GatewayError): object {
  return { code, message: details.quoted ? undefined : message, upstreamCode: details.upstreamCode };
}

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { ERROR_RULES } from '../../src/model/error-rules.ts';

/** What the gateway's log tells of its turns. */
export interface TurnLog {
  readonly turns: number;
  /** Turns that ended with a 5xx, by error code. */
  readonly serverErrors: ReadonlyMap<string, number>;
  /** Those of them that no provider is to blame for. */
  readonly ours: number;
  /** Turns that were answered though their first attempt failed. */
  readonly rescued: number;
  readonly attempts: number;
  /** Lines of warnings and errors that aren't about turns, the first few. */
  readonly complaints: readonly string[];
}

interface Line {
  readonly msg?: string;
  readonly level?: string | number;
  readonly status?: number;
  readonly end?: string;
  readonly attempts?: number;
  readonly error?: { readonly code: string };
}

const COMPLAINTS_MAX = 5;

/** Reads a log to its end. Lines that aren't JSON are complaints. */
export async function turnLog(file: string): Promise<TurnLog> {
  const serverErrors = new Map<string, number>();
  const complaints: string[] = [];
  let [turns, ours, rescued, attempts] = [0, 0, 0, 0];
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    const line = lineOf(text);
    if (line?.msg !== 'turn') {
      if (isComplaint(text, line) && complaints.length < COMPLAINTS_MAX) complaints.push(text.slice(0, 300));
      continue;
    }
    turns += 1;
    attempts += line.attempts ?? 0;
    if (line.end === 'finished' && (line.attempts ?? 0) > 1) rescued += 1;
    if ((line.status ?? 0) < 500) continue;
    const code = line.error?.code ?? 'none';
    serverErrors.set(code, (serverErrors.get(code) ?? 0) + 1);
    if (isOurs(code)) ours += 1;
  }
  return { turns, serverErrors, ours, rescued, attempts, complaints };
}

function lineOf(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
}

function isComplaint(text: string, line: Line | undefined): boolean {
  if (!line) return text.trim() !== '' && /\b(error|warning)\b|^\s+at .*:\d+/i.test(text);
  return ['warn', 'error', 'fatal'].includes(String(line.level)) || Number(line.level) >= 40;
}

function isOurs(code: string): boolean {
  return !(code in ERROR_RULES) || ERROR_RULES[code as keyof typeof ERROR_RULES].blame !== 'upstream';
}

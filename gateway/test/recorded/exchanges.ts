import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect } from 'vitest';
import { withPathFields } from '../../src/dialects/path-fields.ts';
import type { Wire } from '../../src/model/reply.ts';
import type { DialectId } from '../../src/model/request.ts';
import { isObject } from './independent.ts';

/** One request that a provider really got, and what it really answered. */
export interface Exchange {
  readonly name: string;
  readonly provider: string;
  readonly dialect: DialectId;
  readonly status: number;
  /** `other` is neither JSON nor server-sent events, e.g. an error in plain text. */
  readonly form: Wire['form'] | 'other';
  /** Absent where the recorder's transport could not capture it. */
  readonly request: Buffer | undefined;
  readonly reply: Buffer;
}

interface Line {
  readonly file: string;
  readonly i: number;
  readonly provider: string;
  readonly path: string;
  readonly req: string | null;
  readonly status: number;
  readonly kind: string;
  readonly res: string | null;
  readonly res_b64: string | null;
}

/** What the recorder calls the forms. */
const FORMS: Readonly<Record<string, Wire['form']>> = {
  json: 'json',
  sse: 'sse',
  'aws-eventstream': 'aws-event-stream',
};

/** The recordings lie beside the repository, and are not part of it. */
const FOLDER = fileURLToPath(new URL('../../../../shared/fixtures/recorded', import.meta.url));
const isThere = existsSync(FOLDER);
/** What Gemini's paths say. */
const STREAMS: ReadonlySet<string> = new Set(['streamGenerateContent', 'converse-stream']);
/** What Bedrock's paths say. */
const CONVERSED = /\/model\/([^/]+)\/(converse|converse-stream)$/;
const GENERATED = /\/models\/([^/:]+):(generateContent|streamGenerateContent)/;

/** Every recorded exchange in a dialect of ours; none where the recordings are absent. */
export const exchanges: readonly Exchange[] = isThere ? readdirSync(FOLDER).sort().flatMap(exchangesOf) : [];

/** What a provider said when all went well: not an error, and not a test server that only repeats the request. */
export const replies: readonly (Exchange & { readonly form: Wire['form'] })[] = exchanges.filter(isReply);

/** What providers were asked and did not refuse. */
export const requests: readonly (Exchange & { readonly request: Buffer })[] = exchanges.filter(isAccepted);

/** A suite over the recordings, skipped with the reason in its name where there are none. */
export function describeRecorded(name: string, suite: () => void): void {
  describe.skipIf(!isThere)(isThere ? name : `${name} (skipped: no ../shared/fixtures/recorded)`, suite);
}

/** Runs a check over exchanges, at least so many of them, and names each one that fails. */
export async function expectAll<E extends Exchange>(
  list: readonly E[],
  atLeast: number,
  check: (exchange: E) => void | Promise<void>,
): Promise<void> {
  const failures: string[] = [];
  for (const exchange of list) {
    try {
      await check(exchange);
    } catch (thrown) {
      failures.push(`${exchange.name}: ${whyOf(thrown)}`);
    }
  }
  expect(failures.slice(0, FAILURES_SHOWN)).toEqual([]);
  expect(list.length).toBeGreaterThanOrEqual(atLeast);
}

const FAILURES_SHOWN = 20;

function whyOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  if (!('actual' in thrown && 'expected' in thrown)) return thrown.message;
  return `${thrown.message}${firstDifference(thrown.actual, thrown.expected)}`;
}

/** Where two values differ first, since a whole exchange says too much to be shown. */
function firstDifference(actual: unknown, expected: unknown, at = ''): string {
  if (!isObject(actual) && !Array.isArray(actual)) return ` at ${at}: ${shown(actual)}, not ${shown(expected)}`;
  const [got, wanted] = [actual, expected].map((value) => new Map(Object.entries(value ?? {})));
  for (const key of new Set([...(got?.keys() ?? []), ...(wanted?.keys() ?? [])])) {
    const [one, other] = [got?.get(key), wanted?.get(key)];
    if (JSON.stringify(one) !== JSON.stringify(other)) return firstDifference(one, other, `${at}.${key}`);
  }
  return '';
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 200);
}

function exchangesOf(file: string): Exchange[] {
  const lines = gunzipSync(readFileSync(`${FOLDER}/${file}`))
    .toString()
    .split('\n');
  return lines.filter((line) => line !== '').flatMap((line) => exchangeOf(JSON.parse(line) as Line) ?? []);
}

function exchangeOf({ file, i, provider, path, req, status, kind, res, res_b64: bytes }: Line): Exchange | undefined {
  const dialect = dialectOf(path.split('?')[0] ?? '');
  if (!dialect) return undefined;
  return {
    name: `${provider} ${file.split('/').slice(-2).join('/')}#${i}`,
    provider,
    dialect,
    status,
    form: FORMS[kind] ?? 'other',
    request: req && isJson(req) ? requestOf(dialect, path, req) : undefined,
    reply: bytes === null ? Buffer.from(res ?? '') : Buffer.from(bytes, 'base64'),
  };
}

/** One recording had its request spoilt by what took secrets out of it. */
function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}

/** As ingress gives it on: what the path says stands in the body. */
function requestOf(dialect: DialectId, path: string, text: string): Buffer {
  const [, model = '', operation = ''] = GENERATED.exec(path) ?? CONVERSED.exec(path) ?? [];
  if (model === '' || (dialect !== 'gemini-content' && dialect !== 'bedrock-converse')) return Buffer.from(text);
  const fields = { model: decodeURIComponent(model), stream: STREAMS.has(operation) };
  return withPathFields(Buffer.from(text), fields, false);
}

function dialectOf(path: string): DialectId | undefined {
  if (path.startsWith('/bin/')) return undefined; // a test server that repeats the request; no model speaks there
  if (GENERATED.test(path)) return 'gemini-content';
  if (CONVERSED.test(path)) return 'bedrock-converse';
  if (path.endsWith('/v2/chat')) return 'cohere-chat';
  if (path.endsWith('/chat/completions')) return 'openai-chat';
  if (path.endsWith('/completions')) return 'openai-completions';
  if (path.endsWith('/responses')) return 'openai-responses';
  return path.endsWith('/v1/messages') ? 'anthropic-messages' : undefined;
}

function isAccepted(exchange: Exchange): exchange is Exchange & { request: Buffer } {
  return exchange.status === 200 && exchange.request !== undefined;
}

function isReply(exchange: Exchange): exchange is Exchange & { form: Wire['form'] } {
  return exchange.status === 200 && exchange.form !== 'other';
}

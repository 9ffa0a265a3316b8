import { GatewayError } from '../model/error.ts';
import { noted, noteOf, type Note } from '../model/turn.ts';
import { dollarText } from '../model/money.ts';
import type { Trail } from '../pipeline/trail.ts';
import type { ServerPorts } from './contract.ts';
import type { Speech } from './egress.ts';
import { quotaHeaders, sendBytes, type Exchange } from './exchange.ts';
import { flushed } from './flushed.ts';
import { report } from './refuse.ts';

/** Sends a reply that is one JSON body. Throws as long as nothing was sent, so that the failure gets a status of its own. */
export async function sendWhole(exchange: Exchange, spoken: Speech, trail: Trail): Promise<void> {
  const pieces: Buffer[] = [];
  for (let bytes = await spoken.next(); bytes; bytes = await spoken.next()) pieces.push(bytes);
  const [first] = pieces;
  const body = first && pieces.length === 1 ? first : Buffer.concat(pieces);
  sendBytes(exchange, 200, body, replyHeaders(trail, JSON_HEADERS));
}

const JSON_HEADERS = ['content-type', 'application/json'];
/** How a stream of events is announced. */
export const EVENT_STREAM_HEADERS: readonly string[] = [
  ['content-type', 'text/event-stream; charset=utf-8'],
  ['cache-control', 'no-cache'],
  ['x-accel-buffering', 'no'],
].flat();

/** Sends a stream as fast as the caller reads it. A failure in the middle is said in the stream. */
export async function sendStream(exchange: Exchange, spoken: Speech, trail: Trail, ports: ServerPorts): Promise<void> {
  const { requestId } = exchange;
  exchange.begin(200, replyHeaders(trail, spoken.announced ?? EVENT_STREAM_HEADERS));
  try {
    for (let bytes = await spoken.next(); bytes; bytes = await spoken.next()) {
      if (!exchange.write(bytes)) await flushed(exchange, ports);
    }
  } catch (thrown) {
    // The status line is long gone, so the error is said in-band. Never end as if all were well.
    const error = GatewayError.from(thrown);
    await spoken.stop(error);
    await trail.close({ end: 'failed', usage: undefined, usageEstimated: false, error, blind: false });
    report(error, requestId, ports);
    if (!exchange.isGone) exchange.write(spoken.failed(error));
  }
  exchange.end();
}

/** Names and values of what the gateway says about a reply, read off the trail as it stands at the first byte, behind those given. */
export function replyHeaders(trail: Trail, before: readonly string[] = []): string[] {
  const { attempts, warnings, cost, entries } = trail;
  const headers = [...before];
  headers.push('x-synthlang-attempts', String(attempts.length));
  headers.push('x-synthlang-overhead-ms', trail.overheadMs().toFixed(2));
  const last = attempts.at(-1);
  if (last) {
    headers.push('x-synthlang-provider', last.provider, 'x-synthlang-model', headerText(last.model));
    headers.push('x-synthlang-fallbacks', String(last.fallback), 'x-synthlang-deployment', headerText(last.target));
  }
  const cache = noted(entries, 'cache');
  if (cache !== undefined) headers.push('x-synthlang-cache', String(cache));
  const similarity = noted(entries, 'similarity');
  if (similarity !== undefined) headers.push('x-synthlang-cache-similarity', String(similarity));
  const tool = noted(entries, 'tool');
  if (tool !== undefined) headers.push('x-synthlang-tool', headerText(String(tool)));
  const saving = noteOf(entries, 'compress');
  if (saving?.['mode'] === 'lossless') headers.push(...savingHeaders(saving));
  headers.push(...quotaHeaders(trail.quota));
  if (cost) headers.push('x-synthlang-cost-usd', dollarText(cost.nanousd));
  for (const warning of warnings) headers.push('x-synthlang-warning', headerText(warning));
  return headers;
}

/** What was saved, by whose count, and whether that count is the model's own. */
function savingHeaders({ tokensBefore, tokensAfter, tokensSaved, tokenizer, isExact }: Note): string[] {
  const count = `before=${tokensBefore} after=${tokensAfter} saved=${tokensSaved}`;
  const by = `tokenizer=${tokenizer} ${isExact === true ? 'exact' : 'estimated'}`;
  return ['x-synthlang-tokens-saved', String(tokensSaved), 'x-synthlang-tokens', `${count} ${by}`];
}

const PRINTABLE = /^[ -~]*$/;

/** Header values are printable ASCII, whatever a model is called. */
function headerText(text: string): string {
  return PRINTABLE.test(text) ? text : text.replace(/’/g, "'").replace(/[^ -~]/g, '?');
}

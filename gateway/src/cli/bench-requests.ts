import { readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Workload } from '../benching/cost.ts';
import { openaiChat } from '../dialects/openai-chat/openai-chat.ts';
import { GatewayError } from '../model/error.ts';
import type { ChatRequest } from '../model/request.ts';
import { usageError } from './exit.ts';

const FILE_BYTES_MAX = 100_000_000;
const REQUESTS_MAX = 100_000;
/** The same question whether the answer comes in pieces or whole, and whoever asks. */
const NO_QUESTION = new Set(['stream', 'stream_options', 'user']);

/** A file of requests, one in each line, as programs send them to `/v1/chat/completions`. */
export function requestsIn(path: string, folder: string): Workload {
  const whole = resolve(folder, path);
  if (statSync(whole).size > FILE_BYTES_MAX) throw usageError(`${path} is longer than ${FILE_BYTES_MAX} bytes.`);
  const lines = readFileSync(whole, 'utf8').split('\n');
  const seen = new Set<string>();
  const requests: ChatRequest[] = [];
  const repeats: boolean[] = [];
  lines.forEach((line, at) => {
    if (line.trim() === '') return;
    const body = bodyIn(line, `${path}, line ${at + 1}`);
    requests.push(requestIn(line, body, `${path}, line ${at + 1}`));
    const question = JSON.stringify(Object.entries(body).filter(([field]) => !NO_QUESTION.has(field)));
    repeats.push(seen.has(question));
    seen.add(question);
    if (requests.length > REQUESTS_MAX) throw usageError(`${path} holds more than ${REQUESTS_MAX} requests.`);
  });
  if (requests.length === 0) throw usageError(`${path} holds no request.`);
  return { kind: basename(path), requests, repeats };
}

type Body = Readonly<Record<string, unknown>>;

function bodyIn(line: string, place: string): Body {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { model: 'bench', ...value };
  } catch {
    // Said below: the parser's own words quote the line.
  }
  throw usageError(`${place}: it must be a chat request as a JSON object.`);
}

function requestIn(line: string, body: Body, place: string): ChatRequest {
  try {
    return openaiChat.readRequest({ dialect: 'openai-chat', bytes: Buffer.from(line), body }).look();
  } catch (thrown) {
    if (thrown instanceof GatewayError) throw usageError(`${place}: ${thrown.message}`);
    throw thrown;
  }
}

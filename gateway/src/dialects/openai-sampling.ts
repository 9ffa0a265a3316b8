import type { ChatRequest } from '../model/request.ts';
import { isObject, type JsonDraft, type JsonObject } from './json-object.ts';

/** A request that is being put together. */
export type RequestDraft = { -readonly [Key in keyof ChatRequest]?: ChatRequest[Key] };

/** Numbers that the wire and the vocabulary name differently and mean alike. */
const NUMBERS = [
  ['temperature', 'temperature'],
  ['top_p', 'topP'],
  ['top_k', 'topK'],
  ['presence_penalty', 'presencePenalty'],
  ['frequency_penalty', 'frequencyPenalty'],
  ['seed', 'seed'],
  ['n', 'choiceCount'],
] as const;

/** The fields that `readSampling` understands. */
export const SAMPLING_FIELDS: readonly string[] = [
  ...NUMBERS.map(([wire]) => wire),
  'stop',
  'logit_bias',
  'user',
  'stream',
  'stream_options',
];

/** Reads what chat and text completions have in common. How it was written goes into `spelling`. */
export function readSampling(body: JsonObject, draft: RequestDraft, spelling: JsonDraft): void {
  for (const [wire, ours] of NUMBERS) {
    const value = body[wire];
    if (typeof value === 'number') draft[ours] = value;
  }
  const { stop, logit_bias: bias, user, stream_options: options } = body;
  if (typeof body['top_k'] === 'number') spelling['top_k'] = true;
  if (body['stream'] === false) spelling['stream'] = false;
  if (typeof stop === 'string') {
    draft.stop = [stop];
    spelling['stop'] = 'string';
  } else if (Array.isArray(stop)) draft.stop = stop as string[];
  if (isObject(bias)) draft.logitBias = bias as Readonly<Record<string, number>>;
  if (typeof user === 'string') draft.endUser = user;
  if (isObject(options)) spelling['stream_options'] = options;
}

/** Writes what chat and text completions have in common. A stream is always asked for its usage. */
export function writeSampling(request: ChatRequest, spelling: JsonObject): JsonDraft {
  const wire: JsonDraft = {};
  for (const [name, ours] of NUMBERS) {
    const value = request[ours];
    if (value !== undefined && (name !== 'top_k' || spelling['top_k'] === true)) wire[name] = value;
  }
  const { stop, logitBias, endUser, stream } = request;
  if (stop) wire['stop'] = stop.length === 1 && spelling['stop'] === 'string' ? stop[0] : stop;
  if (logitBias) wire['logit_bias'] = logitBias;
  if (endUser !== undefined) wire['user'] = endUser;
  const options = spelling['stream_options'];
  if (stream) {
    wire['stream'] = true;
    wire['stream_options'] = { ...(isObject(options) ? options : {}), include_usage: true };
  } else {
    if (spelling['stream'] === false) wire['stream'] = false;
    if (isObject(options)) wire['stream_options'] = options;
  }
  return wire;
}

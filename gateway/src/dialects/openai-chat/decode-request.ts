import type { ChatRequest, OutputFormat } from '../../model/request.ts';
import { isObject, type JsonDraft, type JsonObject, unknownFields } from '../json-object.ts';
import { readSampling, type RequestDraft, SAMPLING_FIELDS } from '../openai-sampling.ts';
import { readMessage } from './decode-message.ts';
import { ownExtra } from './extras.ts';
import { readReasoning } from './reasoning-wish.ts';
import { readTool, readToolChoice } from './tools.ts';

const KNOWN_FIELDS = new Set([
  ...SAMPLING_FIELDS,
  'model',
  'messages',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'max_tokens',
  'max_completion_tokens',
  'logprobs',
  'top_logprobs',
  'response_format',
  'reasoning_effort',
  'reasoning',
  'thinking',
  'service_tier',
]);

/** Says a checked request in neutral words. What they lack is kept in `extra`. */
export function decodeChatRequest(body: JsonObject): ChatRequest {
  const fields = unknownFields(body, KNOWN_FIELDS);
  const spelling: JsonDraft = {};
  const draft: RequestDraft = {};
  readSampling(body, draft, spelling);
  readMaxTokens(body, draft, { fields, spelling });
  readLogprobs(body, draft, { fields, spelling });
  readFormat(body, draft, fields);
  const reasoning = readReasoning(body, fields, spelling);
  if (reasoning) draft.reasoning = reasoning;
  readTools(body, draft, spelling);
  if (typeof body['service_tier'] === 'string') draft.serviceTier = body['service_tier'];
  const stream = body['stream'] === true;
  const options = body['stream_options'];
  return {
    ...draft,
    model: body['model'] as string,
    messages: (body['messages'] as readonly unknown[]).map(readMessage),
    stream,
    usageWanted: stream && isObject(options) && options['include_usage'] === true,
    ...ownExtra(fields, spelling),
  };
}

interface Kept {
  readonly fields: JsonDraft;
  readonly spelling: JsonDraft;
}

function readMaxTokens(body: JsonObject, draft: RequestDraft, { fields, spelling }: Kept): void {
  const { max_tokens: older, max_completion_tokens: newer } = body;
  const max = typeof newer === 'number' ? newer : older;
  if (typeof max !== 'number') return;
  draft.maxOutputTokens = max;
  spelling['max'] = max === newer ? 'max_completion_tokens' : 'max_tokens';
  if (typeof newer === 'number' && typeof older === 'number') fields['max_tokens'] = older;
}

function readLogprobs(body: JsonObject, draft: RequestDraft, { fields, spelling }: Kept): void {
  const { logprobs, top_logprobs: top } = body;
  if (logprobs === true) {
    draft.logprobs = typeof top === 'number' ? top : 0;
    if (top === 0) spelling['top_logprobs'] = 0;
    return;
  }
  if (logprobs === false) spelling['logprobs'] = false;
  if (typeof top === 'number') fields['top_logprobs'] = top;
}

function readTools(body: JsonObject, draft: RequestDraft, spelling: JsonDraft): void {
  const { tools, parallel_tool_calls: parallel } = body;
  if (Array.isArray(tools)) draft.tools = (tools as JsonObject[]).map(readTool);
  const choice = readToolChoice(body['tool_choice'], spelling);
  if (choice) draft.toolChoice = choice;
  if (typeof parallel === 'boolean') draft.parallelToolCalls = parallel;
}

function readFormat(body: JsonObject, draft: RequestDraft, fields: JsonDraft): void {
  const format = body['response_format'];
  const output = outputFormat(format);
  if (output) draft.output = output;
  else if (format !== undefined && format !== null) fields['response_format'] = format;
}

const SCHEMA_FIELDS = new Set(['name', 'description', 'schema', 'strict']);

/** `undefined` for a format with anything in it that we have no word for; it is then kept as it is. */
function outputFormat(format: unknown): OutputFormat | undefined {
  if (!isObject(format)) return undefined;
  const { type, json_schema: described } = format;
  const size = Object.keys(format).length;
  if (type === 'text' && size === 1) return { type: 'text' };
  if (type === 'json_object' && size === 1) return { type: 'json' };
  if (type !== 'json_schema' || size !== 2 || !isObject(described)) return undefined;
  const { name, description, schema, strict } = described;
  if (!isObject(schema) || Object.keys(described).some((key) => !SCHEMA_FIELDS.has(key))) return undefined;
  return {
    type: 'json-schema',
    name: typeof name === 'string' ? name : '',
    schema,
    ...(typeof description === 'string' ? { description } : {}),
    ...(typeof strict === 'boolean' ? { strict } : {}),
  };
}

import type { ChatRequest, OutputFormat } from '../../model/request.ts';
import type { Encoded } from '../contract.ts';
import type { JsonDraft, JsonObject } from '../json-object.ts';
import { Losses } from '../openai-losses.ts';
import { writeSampling } from '../openai-sampling.ts';
import { writeMessage } from './encode-message.ts';
import { spellingOf } from './extras.ts';
import { limitField, writeReasoning } from './reasoning-wish.ts';
import { writeTool, writeToolChoice } from './tools.ts';

/**
 * Writes a request. What came in this dialect is written as its caller wrote it, save that fields which were null are
 * left out and a stream is asked for its usage.
 */
export function encodeChatRequest(request: ChatRequest, model: string): Encoded {
  const losses = new Losses();
  const spelling = spellingOf(request.extra);
  const wire: JsonDraft = {
    ...topLevelFields(request, losses),
    model,
    messages: request.messages.flatMap((message) => writeMessage(message, losses)),
    ...writeSampling(request, spelling),
    ...writeReasoning(request.reasoning, { model, spelling, losses }),
    ...toolFields(request, spelling, losses),
  };
  if (request.topK !== undefined && wire['top_k'] === undefined) losses.parameter('top_k');
  if (request.maxOutputTokens !== undefined) {
    const said = spelling['max'];
    wire[typeof said === 'string' ? said : limitField(model)] = request.maxOutputTokens;
  }
  if (request.logprobs !== undefined) {
    wire['logprobs'] = true;
    if (request.logprobs > 0 || spelling['top_logprobs'] === 0) wire['top_logprobs'] = request.logprobs;
  } else if (spelling['logprobs'] === false) wire['logprobs'] = false;
  if (request.output) wire['response_format'] = formatWire(request.output);
  if (request.serviceTier !== undefined) wire['service_tier'] = tierOf(request.serviceTier);
  return { bytes: Buffer.from(JSON.stringify(wire)), losses: losses.list() };
}

/** Fields of another dialect that nobody translated were asked for, and can't be asked for here. */
function topLevelFields({ extra }: ChatRequest, losses: Losses): JsonObject {
  if (!extra) return {};
  if (extra.dialect === 'openai-chat') return extra.fields;
  losses.foreign(extra.fields);
  return {};
}

function toolFields(request: ChatRequest, spelling: JsonObject, losses: Losses): JsonObject {
  const wire: JsonDraft = {};
  const tools = request.tools?.map((tool, at) => writeTool(tool, at, losses)).filter((tool) => tool !== undefined);
  // An empty list is refused, so there is none where only foreign tools were asked for.
  if (tools && (tools.length > 0 || request.tools?.length === 0)) wire['tools'] = tools;
  const choice = writeToolChoice(request.toolChoice, spelling, losses);
  if (choice !== undefined) wire['tool_choice'] = choice;
  if (request.parallelToolCalls !== undefined) wire['parallel_tool_calls'] = request.parallelToolCalls;
  return wire;
}

function formatWire(output: OutputFormat): JsonObject {
  if (output.type !== 'json-schema') return { type: output.type === 'json' ? 'json_object' : 'text' };
  const { name, description, schema, strict } = output;
  const described: JsonDraft = { schema };
  if (name !== '') described['name'] = name;
  if (description !== undefined) described['description'] = description;
  if (strict !== undefined) described['strict'] = strict;
  return { type: 'json_schema', json_schema: described };
}

/** Anthropic's word for what is OpenAI's `default`. */
function tierOf(tier: string): string {
  return tier === 'standard_only' ? 'default' : tier;
}

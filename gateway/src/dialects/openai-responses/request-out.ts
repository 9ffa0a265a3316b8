import type { ChatRequest } from '../../model/request.ts';
import type { Encoded } from '../contract.ts';
import { type Fields, ownFields, present, spellingOf } from './fields.ts';
import { isInstructions, itemsOut } from './items-out.ts';
import { Losses, noteLostParameters } from './losses.ts';
import { LOGPROBS } from './request-in.ts';
import { reasoningOut, textSettings } from './settings.ts';
import { toolChoiceOut, toolsOut } from './tools.ts';

/** Writes a request. https://platform.openai.com/docs/api-reference/responses/create */
export function encodeRequest(request: ChatRequest, model: string): Encoded {
  const losses = new Losses();
  noteLostParameters(request, losses);
  const spelling = spellingOf(request.extra);
  const body = {
    ...ownFields(request.extra),
    ...present({
      model,
      instructions: instructionsOut(request),
      input: inputOut(request, losses),
      tools: toolsOut(request.tools, losses),
      tool_choice: toolChoiceOut(request.toolChoice, spelling['choice'], losses),
      parallel_tool_calls: request.parallelToolCalls,
      temperature: request.temperature,
      top_p: request.topP,
      max_output_tokens: request.maxOutputTokens,
      text: textSettings(request),
      reasoning: reasoningOut(request, model, losses),
      service_tier: request.serviceTier === 'standard_only' ? 'default' : request.serviceTier,
      user: request.endUser,
      stream: request.stream ? true : spelling['stream'],
      ...logprobsOut(request),
      ...(ownFields(request.extra) ? {} : UNKEPT),
    }),
  };
  return { bytes: Buffer.from(JSON.stringify(body)), losses: losses.list() };
}

/** Other wires keep nothing at the provider unless asked. */
const UNKEPT: Fields = { store: false };

function instructionsOut({ messages }: ChatRequest): string | undefined {
  const texts = messages
    .filter(isInstructions)
    .flatMap(({ content }) => content.flatMap((part) => (part.type === 'text' ? [part.text] : [])));
  return texts.length > 0 ? texts.join('\n\n') : undefined;
}

/** A lone text of a caller's who wrote it as such stays so. */
function inputOut({ messages, extra }: ChatRequest, losses: Losses): unknown {
  const said = messages.filter((message) => !isInstructions(message));
  const [only, second] = said;
  if (!only && spellingOf(extra)['input'] === 'absent') return undefined;
  const [text, more] = only?.content ?? [];
  const isLone = second === undefined && more === undefined && spellingOf(only?.extra)['form'] === 'input';
  return isLone && text?.type === 'text' ? text.text : itemsOut(messages, losses);
}

function logprobsOut({ logprobs, extra }: ChatRequest): Fields {
  const { top_logprobs: spelt } = spellingOf(extra);
  if (logprobs === undefined) return present({ top_logprobs: spelt });
  const own = ownFields(extra)?.['include'];
  const include: readonly unknown[] = Array.isArray(own) ? own : [];
  const isOwn = spelt !== undefined || include.includes(LOGPROBS);
  return present({
    include: isOwn ? own : [...include, LOGPROBS],
    top_logprobs: logprobs > 0 ? logprobs : spelt,
  });
}

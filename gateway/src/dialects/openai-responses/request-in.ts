import type { ChatRequest, Message } from '../../model/request.ts';
import { DIALECT, extraOf, type Fields, numberOf, present, textOf } from './fields.ts';
import { messagesOf } from './items-in.ts';
import { formatOf, reasoningOf } from './settings.ts';
import { toolChoiceOf, toolOf } from './tools.ts';

/** What asks for the probabilities of tokens. */
export const LOGPROBS = 'message.output_text.logprobs';

/**
 * Decodes a checked request. `extra` is always there, even without fields: it says that the request came in this
 * dialect, so that it is written again in its own words.
 * https://platform.openai.com/docs/api-reference/responses/create
 */
export function requestOf(body: Fields): ChatRequest {
  const { model, input, instructions, stream, tools, tool_choice: choice, text, reasoning, ...others } = body;
  const { temperature, top_p: topP, max_output_tokens: most, service_tier: tier, user, ...settings } = others;
  const { parallel_tool_calls: parallel, top_logprobs: likeliest, ...rest } = settings;
  const format = formatOf(text);
  const toolChoice = toolChoiceOf(choice ?? undefined);
  const spelling = {
    ...present({ choice: toolChoice.spelling, reasoning, top_logprobs: likeliest }),
    ...(stream === false ? { stream } : {}),
    ...(input === undefined || input === null ? { input: 'absent' } : {}),
  };
  return {
    model: model as string,
    messages: [...instructionsOf(instructions), ...messagesOf(input)],
    stream: stream === true,
    usageWanted: true,
    ...present({
      temperature: numberOf(temperature),
      topP: numberOf(topP),
      maxOutputTokens: numberOf(most),
      serviceTier: textOf(tier),
      endUser: textOf(user),
      tools: Array.isArray(tools) ? tools.map(toolOf) : undefined,
      toolChoice: toolChoice.choice,
      parallelToolCalls: typeof parallel === 'boolean' ? parallel : undefined,
      logprobs: logprobsOf(rest['include'], likeliest),
      reasoning: reasoningOf(reasoning),
      output: format.output,
    }),
    extra: { dialect: DIALECT, fields: { ...rest, ...format.rest }, spelling },
  };
}

function instructionsOf(instructions: unknown): readonly Message[] {
  if (typeof instructions !== 'string') return [];
  const content = [{ type: 'text', text: instructions }] as const;
  return [{ role: 'system', content, ...extraOf({}, { place: 'instructions' }) }];
}

function logprobsOf(include: unknown, likeliest: unknown): number | undefined {
  const isWanted = Array.isArray(include) && include.includes(LOGPROBS);
  const most = numberOf(likeliest) ?? 0;
  return isWanted || most > 0 ? most : undefined;
}

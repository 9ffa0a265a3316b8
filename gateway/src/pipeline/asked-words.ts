import type { ChatReply } from '../model/fold.ts';
import type { ModelAnswer, ModelQuestion, SaidBefore } from '../model/model-question.ts';
import type { ChatRequest, Message } from '../model/request.ts';
import { saidAgain } from '../model/said-again.ts';

/** A question of the gateway's own as any caller's request. */
export function requestOf(question: ModelQuestion): ChatRequest {
  const { model, instructions, said, output, temperature, outputTokensMax } = question;
  return {
    model,
    messages: [...(instructions === undefined ? [] : [worded('system', instructions)]), ...said.map(messageOf)],
    stream: false,
    usageWanted: true,
    ...toolsOf(question),
    ...(output ? { output } : {}),
    ...(temperature === undefined ? {} : { temperature }),
    ...(outputTokensMax === undefined ? {} : { maxOutputTokens: outputTokensMax }),
  };
}

function toolsOf({ tools = [], toolsEnded = false }: ModelQuestion): Pick<ChatRequest, 'tools' | 'toolChoice'> {
  if (tools.length === 0) return {};
  return {
    tools: tools.map((tool) => ({ type: 'function', ...tool })),
    ...(toolsEnded ? { toolChoice: { type: 'none' } } : {}),
  };
}

function messageOf(said: SaidBefore): Message {
  if (said.role === 'assistant' && said.parts) return { role: said.role, content: said.parts };
  if (said.role !== 'tool') return worded(said.role, said.text);
  const { callId, text, isError } = said;
  const content = [{ type: 'text', text }] as const;
  return { role: 'tool', content: [{ type: 'tool-result', callId, content, ...(isError ? { isError } : {}) }] };
}

function worded(role: Message['role'], text: string): Message {
  return { role, content: [{ type: 'text', text }] };
}

/** What a model answered to it. */
export function answerOf({ choices: [choice] }: ChatReply): Omit<ModelAnswer, 'usage' | 'cost'> {
  const blocks = choice?.blocks ?? [];
  const said = (kind: 'text' | 'refusal') => blocks.map((block) => (block.kind === kind ? block.text : '')).join('');
  const refusal = said('refusal');
  const isRefused = refusal !== '' || choice?.finish === 'refusal';
  return {
    text: said('text'),
    refusal: isRefused ? refusal : undefined,
    isCut: choice?.finish === 'length',
    calls: blocks.flatMap((block) =>
      block.kind === 'tool-call' ? [{ id: block.id, tool: block.name, input: block.input }] : [],
    ),
    parts: saidAgain(blocks),
  };
}

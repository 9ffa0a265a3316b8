import { type ModelDirective, modelDirectiveIn } from '../keyword/model-directive.ts';
import { GatewayError } from '../model/error.ts';
import { plainReply } from '../model/plain-reply.ts';
import type { ChatRequest, Message } from '../model/request.ts';
import type { Stage } from './contract.ts';

/** Lets a message choose its model: `/model NAME`, and the question behind it. */
export const chooseModel: Stage = {
  name: 'choose-model',
  wants: ({ ask, switches }) =>
    switches.disableKeywordDetection !== true && modelDirectiveIn(ask.lastWords() ?? '') !== undefined,
  run({ ask, caller, id }) {
    const directive = modelDirectiveIn(ask.lastWords() ?? '');
    if (!directive) return {};
    const { model, rest } = directive;
    if (caller.models && !caller.models.includes(model))
      throw new GatewayError('key.forbidden', `This API key may not use the model "${model}".`, { param: 'model' });
    if (rest === '') return { answer: plainReply(EXPLANATION, { id: `model-${id}`, model: ask.head.model }) };
    return { request: { ...withoutDirective(ask.look(), directive), model } };
  },
};

const EXPLANATION =
  'Each message chooses for itself: write your question behind the name, as in "/model NAME What is a stream?".';

function withoutDirective(request: ChatRequest, { rest }: ModelDirective): ChatRequest {
  const last = request.messages.at(-1);
  if (!last) return request;
  const at = last.content.findIndex(({ type }) => type === 'text');
  const content = last.content.map((part, index) =>
    index === at && part.type === 'text' ? { ...part, text: rest } : part,
  );
  const message: Message = { ...last, content };
  return { ...request, messages: [...request.messages.slice(0, -1), message] };
}

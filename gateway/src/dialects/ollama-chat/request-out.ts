import type { ChatRequest } from '../../model/request.ts';
import type { Encoded } from '../contract.ts';
import { ownFields, present, spellingOf } from './fields.ts';
import { Losses, noteLostParameters } from './losses.ts';
import { messagesOut } from './messages-out.ts';
import { keepAliveOut, optionsOut } from './options.ts';
import { thinkOut } from './thinking.ts';
import { toolsOut } from './tools.ts';

/** Writes a request. https://docs.ollama.com/api/chat */
export function encodeRequest(request: ChatRequest, model: string): Encoded {
  const { extra, stream, logprobs } = request;
  const losses = new Losses();
  noteLostParameters(request, losses);
  const own = ownFields(extra);
  const isByDefault = stream && spellingOf(extra)['stream'] === 'absent';
  const body = {
    ...own,
    ...keepAliveOut(request),
    ...present({
      model,
      messages: messagesOut(request.messages, losses, own !== undefined),
      tools: toolsOut(request, losses),
      format: formatOut(request),
      options: optionsOut(request),
      think: thinkOut(request.reasoning, losses, own !== undefined),
      logprobs: logprobs === undefined ? undefined : true,
      top_logprobs: logprobs === undefined || logprobs === 0 ? undefined : logprobs,
      // An answer is streamed unless somebody says no.
      stream: isByDefault ? undefined : stream,
    }),
  };
  return { bytes: Buffer.from(JSON.stringify(body)), losses: losses.list() };
}

/** https://docs.ollama.com/capabilities/structured-outputs */
function formatOut({ output }: ChatRequest): unknown {
  if (output?.type === 'json') return 'json';
  return output?.type === 'json-schema' ? output.schema : undefined;
}

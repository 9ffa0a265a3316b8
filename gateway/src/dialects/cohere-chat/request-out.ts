import type { ChatRequest } from '../../model/request.ts';
import type { Encoded } from '../contract.ts';
import { type Fields, ownFields, present, spellingOf } from './fields.ts';
import { Losses, noteLostParameters } from './losses.ts';
import { conversationOut } from './messages-out.ts';
import { samplingFields } from './sampling.ts';
import { thinkingOut } from './thinking.ts';
import { toolFields } from './tools.ts';

/** Writes a request. https://docs.cohere.com/reference/chat */
export function encodeRequest(request: ChatRequest, model: string): Encoded {
  const losses = new Losses();
  noteLostParameters(request, losses);
  const own = ownFields(request.extra);
  const { messages, documents } = conversationOut(request.messages, { losses, own: own !== undefined });
  const body = {
    ...own,
    ...present({
      model,
      messages,
      documents: documents.length > 0 ? documents : undefined,
      ...toolFields(request, losses),
      ...samplingFields(request, losses),
      response_format: formatOut(request),
      thinking: thinkingOut(request.reasoning, model, losses),
      // The reference demands the field; who left it out got on without.
      stream: request.stream || (own ? spellingOf(request.extra)['stream'] : false),
    }),
  };
  return { bytes: Buffer.from(JSON.stringify(body)), losses: losses.list() };
}

/** https://docs.cohere.com/docs/structured-outputs */
function formatOut({ output, extra }: ChatRequest): Fields | undefined {
  switch (output?.type) {
    case 'json':
      return { type: 'json_object' };
    case 'json-schema':
      return { type: 'json_object', json_schema: output.schema };
    case 'text':
      return ownFields(extra) ? { type: 'text' } : undefined;
    case undefined:
      return undefined;
  }
}

import type { ChatRequest, Message } from '../../model/request.ts';
import { CallIds } from '../call-ids.ts';
import { camelCased, DIALECT, extraOf, type Fields, isFields, objectsOf, present, textOf } from './fields.ts';
import { generationOf } from './generation.ts';
import { partsOf } from './parts-in.ts';
import { toolConfigOf, toolsOf } from './tools.ts';

/**
 * Decodes a checked request. `extra` is always there, even without fields: it says that the request came in this
 * dialect, so that it is written again in its own words.
 * https://ai.google.dev/api/generate-content
 */
export function requestOf(body: Fields): ChatRequest {
  const { model, stream, contents, systemInstruction, ...settings } = camelCased(body);
  const { generationConfig, tools, toolConfig, serviceTier, ...rest } = settings;
  const generation = generationOf(generationConfig);
  const { toolChoice, rest: configRest } = toolConfigOf(toolConfig);
  return {
    model: model as string,
    messages: messagesOf(systemInstruction, contents),
    stream: stream === true,
    usageWanted: true,
    ...generation.words,
    ...present({
      tools: tools === undefined ? undefined : toolsOf(tools),
      toolChoice,
      serviceTier: textOf(serviceTier),
    }),
    extra: {
      dialect: DIALECT,
      fields: { ...rest, ...configRest, ...generation.rest },
      spelling: generation.spelling,
    },
  };
}

function messagesOf(system: unknown, contents: unknown): readonly Message[] {
  const ids = new CallIds();
  const messages = objectsOf(contents).map((content) => messageOf(content, ids));
  return [...systemOf(system, ids), ...messages];
}

function systemOf(system: unknown, ids: CallIds): readonly Message[] {
  if (typeof system === 'string') return [{ role: 'system', content: [{ type: 'text', text: system }] }];
  if (!isFields(system)) return [];
  const { parts, role, ...rest } = system;
  return [{ role: 'system', content: partsOf(parts, ids), ...extraOf(rest, present({ role })) }];
}

/** Results of tools stand in the user's turn here; other wires have a turn of their own for them. */
function messageOf({ role, parts, ...rest }: Fields, ids: CallIds): Message {
  const content = partsOf(parts, ids);
  if (role === 'model') return { role: 'assistant', content, ...extraOf(rest) };
  const areResults = content.length > 0 && content.every(({ type }) => type === 'tool-result');
  const spelling = role === 'user' ? {} : { role: role ?? 'none' };
  return { role: areResults ? 'tool' : 'user', content, ...extraOf(rest, spelling) };
}

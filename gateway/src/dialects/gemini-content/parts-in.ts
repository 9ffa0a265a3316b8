import type { Part, ToolCallPart, ToolResultPart } from '../../model/request.ts';
import type { CallIds } from '../call-ids.ts';
import { camelCased, DIALECT, extraOf, type Fields, isFields, objectsOf, present, textOf } from './fields.ts';
import { filePart, inlinePart } from './media.ts';

/** Reads the parts of one content. https://ai.google.dev/api/caching#Part */
export function partsOf(parts: unknown, ids: CallIds): readonly Part[] {
  return objectsOf(parts).map((part) => partOf(camelCased(part), ids));
}

/** Reads one part. A kind or a shape that isn't known stays whole, for the same dialect. */
function partOf(part: Fields, ids: CallIds): Part {
  return known(part, ids) ?? { type: 'native', dialect: DIALECT, value: part };
}

function known(part: Fields, ids: CallIds): Part | undefined {
  const { text, functionCall, functionResponse, inlineData, fileData, ...rest } = part;
  if (isFields(functionCall)) return callPart(camelCased(functionCall), rest, ids);
  if (isFields(functionResponse)) return resultPart(camelCased(functionResponse), rest, ids);
  if (isFields(inlineData)) return inlinePart(camelCased(inlineData), rest);
  if (isFields(fileData)) return filePart(camelCased(fileData), rest);
  const { thought, thoughtSignature, ...others } = rest;
  if (thought === true && (text === undefined || typeof text === 'string')) {
    const signature = textOf(thoughtSignature);
    const spelling = text === undefined ? { text: 'none' } : {};
    return { type: 'reasoning', text: text ?? '', ...present({ signature }), ...extraOf(others, spelling) };
  }
  return typeof text === 'string' ? { type: 'text', text, ...extraOf(rest) } : undefined;
}

function callPart({ id, name, args, ...more }: Fields, rest: Fields, ids: CallIds): ToolCallPart | undefined {
  if (typeof name !== 'string' || Object.keys(more).length > 0) return undefined;
  const spelling = { ...(id === undefined ? { id: 'none' } : {}), ...(args === undefined ? { args: 'none' } : {}) };
  return {
    type: 'tool-call',
    id: ids.called(name, textOf(id)),
    name,
    input: JSON.stringify(args ?? {}),
    ...extraOf(rest, spelling),
  };
}

/** The one field of a response that is a plain text is said as this text, so that other wires need no JSON in it. */
function resultPart({ id, name, response, parts, ...more }: Fields, rest: Fields, ids: CallIds): ToolResultPart {
  const said = textOf(name) ?? '';
  const { text, isError, form } = responseOf(response);
  const media = partsOf(parts, ids);
  const spelling = { name: said, response: form, ...(id === undefined ? { id: 'none' } : {}) };
  return {
    type: 'tool-result',
    callId: ids.answered(said, textOf(id)),
    content: [...(text === undefined ? [] : [{ type: 'text', text } as const]), ...media],
    ...(isError ? { isError } : {}),
    ...extraOf(Object.keys(more).length > 0 ? { ...rest, functionResponse: more } : rest, spelling),
  };
}

function responseOf(response: unknown): { readonly text?: string; readonly isError?: boolean; readonly form: string } {
  if (!isFields(response)) return { form: 'none' };
  const { output, error } = response;
  const isAlone = Object.keys(response).length === 1;
  if (isAlone && typeof output === 'string') return { text: output, form: 'output' };
  if (isAlone && typeof error === 'string') return { text: error, isError: true, form: 'error' };
  return { text: JSON.stringify(response), form: 'object' };
}

import type { BlockStart } from '../../model/reply.ts';
import { extraOf, type Fields, isEmpty, isFields, textOf } from './fields.ts';

/** Where the model’s plan for its tools stands; elsewhere it is reasoning like any other. */
export const PLAN = { place: 'tool_plan' } as const;

/** How a plan for tools begins. https://docs.cohere.com/docs/tool-use-overview */
export function planStart(): BlockStart {
  return { kind: 'reasoning', ...extraOf({}, PLAN) };
}

/** How a part of the content begins; `undefined` for kinds that the vocabulary lacks. */
export function contentStart({ type, text: _text, thinking: _thinking, ...rest }: Fields): BlockStart | undefined {
  if (type === 'text') return { kind: 'text', ...extraOf(rest) };
  return type === 'thinking' ? { kind: 'reasoning', ...extraOf(rest) } : undefined;
}

/** How a tool call begins. */
export function callStart({ id, type: _type, function: said, ...rest }: Fields): BlockStart {
  const { name, arguments: _arguments, ...inside } = isFields(said) ? said : {};
  const fields = { ...rest, ...(isEmpty(inside) ? {} : { function: inside }) };
  return { kind: 'tool-call', id: textOf(id) ?? '', name: textOf(name) ?? '', ...extraOf(fields) };
}

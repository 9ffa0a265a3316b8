import type { Tool, ToolChoice } from '../../model/request.ts';
import { hasFields, isObject, type JsonDraft, type JsonObject, unknownFields } from '../json-object.ts';
import type { Losses } from '../openai-losses.ts';
import { ownExtra, ownFieldsOf, readCacheHint, spellingOf, writeCacheHint } from './extras.ts';

const TOOL_FIELDS = new Set(['type', 'function', 'cache_control']);
const FUNCTION_FIELDS = new Set(['name', 'description', 'parameters', 'strict']);

/** Reads one tool. https://platform.openai.com/docs/guides/function-calling */
export function readTool(wire: JsonObject): Tool {
  const { type, function: called } = wire;
  if (!isObject(called) || (type !== undefined && type !== 'function')) return nativeTool(wire);
  const { name, description, parameters, strict } = called;
  const fields = unknownFields(wire, TOOL_FIELDS);
  const inside = unknownFields(called, FUNCTION_FIELDS);
  if (hasFields(inside)) fields['function'] = inside;
  const spelling: JsonDraft = type === undefined ? { type: 'absent' } : {};
  return {
    type: 'function',
    name: typeof name === 'string' ? name : '',
    ...(typeof description === 'string' ? { description } : {}),
    ...(isObject(parameters) ? { parameters } : {}),
    ...(typeof strict === 'boolean' ? { strict } : {}),
    ...readCacheHint(wire, fields, spelling),
    ...ownExtra(fields, spelling),
  };
}

function nativeTool(value: JsonObject): Tool {
  const named = isObject(value['custom']) ? value['custom'] : value;
  const name = named['name'] ?? value['type'];
  return { type: 'native', dialect: 'openai-chat', name: typeof name === 'string' ? name : '', value };
}

/** Writes one tool; `undefined` if only another dialect knows it. */
export function writeTool(tool: Tool, at: number, losses: Losses): unknown {
  if (tool.type === 'native') {
    if (tool.dialect === 'openai-chat') return tool.value;
    losses.parameter(`tools[${at}]`);
    return undefined;
  }
  const { name, description, parameters, strict, extra } = tool;
  const own = ownFieldsOf(extra, losses);
  const inside = own['function'];
  const called: JsonDraft = { name };
  if (description !== undefined) called['description'] = description;
  if (parameters !== undefined) called['parameters'] = parameters;
  if (strict !== undefined) called['strict'] = strict;
  return {
    ...(spellingOf(extra)['type'] === 'absent' ? {} : { type: 'function' }),
    ...own,
    ...writeCacheHint(tool, losses),
    function: { ...called, ...(isObject(inside) ? inside : {}) },
  };
}

/** Reads `tool_choice`. Mistral says `any` for `required`. */
export function readToolChoice(wire: unknown, spelling: JsonDraft): ToolChoice | undefined {
  if (wire === 'auto' || wire === 'none' || wire === 'required') return { type: wire };
  if (wire === 'any') {
    spelling['tool_choice'] = 'any';
    return { type: 'required' };
  }
  const called = isObject(wire) && wire['type'] === 'function' ? wire['function'] : undefined;
  if (isObject(called) && typeof called['name'] === 'string') return { type: 'tool', name: called['name'] };
  return wire === undefined || wire === null ? undefined : { type: 'native', dialect: 'openai-chat', value: wire };
}

/** Writes `tool_choice`; `undefined` if there is none, or only another dialect can say it. */
export function writeToolChoice(choice: ToolChoice | undefined, spelling: JsonObject, losses: Losses): unknown {
  if (!choice) return undefined;
  if (choice.type === 'tool') return { type: 'function', function: { name: choice.name } };
  if (choice.type !== 'native') {
    return choice.type === 'required' && spelling['tool_choice'] === 'any' ? 'any' : choice.type;
  }
  if (choice.dialect === 'openai-chat') return choice.value;
  losses.parameter('tool_choice');
  return undefined;
}

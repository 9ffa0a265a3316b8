import type { ChatRequest, Tool, ToolChoice } from '../../model/request.ts';
import { cacheControlOf, cacheHintOf } from './cache-control.ts';
import { DIALECT, type Fields, isFields, ownFields, present, Reading } from './fields.ts';
import type { Losses } from './losses.ts';

/**
 * Reads one tool. What isn't a plain function (server tools, client tools with a type of their own) stays whole.
 * https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview
 */
export function toolOf(value: unknown): Tool {
  if (!isFields(value)) return { type: 'native', dialect: DIALECT, name: '', value };
  const wireType = value['type'] ?? 'custom';
  const reading = new Reading(value);
  const name = reading.text('name');
  const parameters = reading.object('input_schema');
  if (wireType !== 'custom' || name === undefined || !parameters) {
    return { type: 'native', dialect: DIALECT, name: name ?? '', value };
  }
  const description = reading.text('description');
  const strict = reading.flag('strict');
  const cacheHint = cacheHintOf(value['cache_control']);
  if (cacheHint) reading.object('cache_control');
  return {
    type: 'function',
    name,
    parameters,
    ...present({ description, strict, cacheHint, extra: reading.extra() }),
  };
}

/** Writes the tools; those of another dialect can't be said. */
export function toolsOut(tools: readonly Tool[] | undefined, losses: Losses): readonly unknown[] | undefined {
  return tools?.flatMap((tool, index) => {
    if (tool.type === 'function') {
      losses.foreign(tool.extra, `tools[${index}]`);
      return [functionOut(tool)];
    }
    if (tool.dialect === DIALECT) return [tool.value];
    losses.parameter(`tools[${index}]`);
    return [];
  });
}

function functionOut(tool: Extract<Tool, { type: 'function' }>): Fields {
  return present({
    ...ownFields(tool.extra),
    name: tool.name,
    description: tool.description,
    // The wire demands a schema of an object; functions without arguments may come without one.
    input_schema: { type: 'object', ...(tool.parameters ?? { properties: {} }) },
    strict: tool.strict,
    cache_control: cacheControlOf(tool.cacheHint) ?? ownFields(tool.extra)?.['cache_control'],
  });
}

/** Reads `tool_choice`, which says as well whether several tools may be called at once. */
export function toolChoiceOf(value: unknown): Pick<ChatRequest, 'toolChoice' | 'parallelToolCalls'> {
  if (value === undefined) return {};
  const native = { toolChoice: { type: 'native', dialect: DIALECT, value } } as const;
  if (!isFields(value)) return native;
  const reading = new Reading(value, ['type']);
  const toolChoice = choiceOf(value['type'], reading);
  const parallelDisabled = reading.flag('disable_parallel_tool_use');
  if (!toolChoice || reading.rest() || (toolChoice.type === 'none' && parallelDisabled !== undefined)) return native;
  return parallelDisabled === undefined ? { toolChoice } : { toolChoice, parallelToolCalls: !parallelDisabled };
}

function choiceOf(type: unknown, reading: Reading): ToolChoice | undefined {
  if (type === 'auto' || type === 'none') return { type };
  if (type === 'any') return { type: 'required' };
  const name = type === 'tool' ? reading.text('name') : undefined;
  return name === undefined ? undefined : { type: 'tool', name };
}

/** Writes `tool_choice`. */
export function toolChoiceOut(request: ChatRequest, losses: Losses): unknown {
  const { toolChoice, parallelToolCalls, tools } = request;
  if (toolChoice?.type === 'native') {
    if (toolChoice.dialect === DIALECT) return toolChoice.value;
    losses.parameter('tool_choice');
    return undefined;
  }
  if (toolChoice?.type === 'none') return { type: 'none' };
  const parallel = parallelToolCalls === undefined ? {} : { disable_parallel_tool_use: !parallelToolCalls };
  if (toolChoice) return { ...choiceOut(toolChoice), ...parallel };
  // Several calls at once is what models do anyway; only the prohibition needs a choice to stand in.
  return parallelToolCalls === false && tools?.length ? { type: 'auto', ...parallel } : undefined;
}

function choiceOut(choice: Exclude<ToolChoice, { type: 'native' }>): Fields {
  if (choice.type === 'tool') return { type: 'tool', name: choice.name };
  return { type: choice.type === 'required' ? 'any' : choice.type };
}

/** A tool's input as the object that the wire demands, whatever the model wrote. */
export function inputObject(input: string, freeform = false): Fields {
  if (freeform) return { input };
  if (input.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(input);
    return isFields(value) ? value : { input: value };
  } catch {
    return { input };
  }
}

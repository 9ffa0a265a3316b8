import type { Tool, ToolChoice } from '../../model/request.ts';
import { DIALECT, extraOf, type Fields, isFields, ownFields, present, spellingOf, textOf } from './fields.ts';
import type { Losses } from './losses.ts';
import { withoutNulls } from './parts-in.ts';

type FunctionTool = Extract<Tool, { type: 'function' }>;

/**
 * Reads one tool. What isn't a plain function (OpenAI's own tools, tools that take free text) stays whole.
 * https://platform.openai.com/docs/guides/tools
 */
export function toolOf(value: unknown): Tool {
  if (!isFields(value)) return nativeTool({}, value);
  const { type, name, description, parameters, strict, ...rest } = withoutNulls(value);
  const isReadable = type === 'function' && typeof name === 'string';
  if (!isReadable || (parameters !== undefined && !isFields(parameters))) return nativeTool(value, value);
  return {
    type: 'function',
    name,
    ...present({
      description: textOf(description),
      parameters,
      strict: typeof strict === 'boolean' ? strict : undefined,
    }),
    // Marks the wire, where functions are strict unless they say that they aren't.
    ...extraOf(rest, { own: true }),
  };
}

function nativeTool({ name, type }: Fields, value: unknown): Tool {
  return { type: 'native', dialect: DIALECT, name: textOf(name) ?? textOf(type) ?? '', value };
}

/** Writes the tools; those of another dialect can't be said. */
export function toolsOut(tools: readonly Tool[] | undefined, losses: Losses): readonly unknown[] | undefined {
  return tools?.flatMap((tool, index) => {
    if (tool.type === 'function') {
      losses.foreignPart(tool.extra, `tools[${index}]`);
      if (tool.cacheHint) losses.hint('cache_control');
      return [functionOut(tool)];
    }
    if (tool.dialect === DIALECT) return [tool.value];
    losses.parameter(`tools[${index}]`);
    return [];
  });
}

function functionOut({ name, description, parameters, strict, extra }: FunctionTool): Fields {
  const isOwn = spellingOf(extra)['own'] === true;
  return present({
    ...ownFields(extra),
    type: 'function',
    name,
    description,
    parameters: parameters ?? (isOwn ? undefined : { type: 'object', properties: {} }),
    strict: strict ?? (isOwn ? undefined : false),
  });
}

/** Reads `tool_choice`. */
export function toolChoiceOf(value: unknown): {
  readonly choice?: ToolChoice;
  readonly spelling?: string;
} {
  if (value === undefined) return {};
  if (value === 'auto' || value === 'none' || value === 'required') return { choice: { type: value } };
  if (isFields(value) && Object.keys(value).length === 2) {
    const { type, name } = value;
    if (type === 'function' && typeof name === 'string') return { choice: { type: 'tool', name } };
    if (type === 'custom' && typeof name === 'string') return { choice: { type: 'tool', name }, spelling: type };
  }
  return { choice: { type: 'native', dialect: DIALECT, value } };
}

/** Writes `tool_choice`; `spelling` is what kind of tool its caller named. */
export function toolChoiceOut(choice: ToolChoice | undefined, spelling: unknown, losses: Losses): unknown {
  if (!choice) return undefined;
  if (choice.type === 'tool') return { type: spelling === 'custom' ? 'custom' : 'function', name: choice.name };
  if (choice.type !== 'native') return choice.type;
  if (choice.dialect === DIALECT) return choice.value;
  losses.parameter('tool_choice');
  return undefined;
}

import type { ChatRequest, Tool, ToolChoice } from '../../model/request.ts';
import {
  camelCased,
  DIALECT,
  extraOf,
  type Fields,
  isFields,
  objectsOf,
  ownFields,
  present,
  spellingOf,
  textOf,
} from './fields.ts';
import type { Losses } from './losses.ts';
import { jsonSchemaOf } from './schema.ts';

type FunctionTool = Extract<Tool, { type: 'function' }>;

/**
 * Reads the tools: one entry may hold many functions, and tools of Google's own beside them, which stay whole.
 * https://ai.google.dev/api/caching#Tool
 */
export function toolsOf(tools: unknown): readonly Tool[] {
  return objectsOf(tools).flatMap((entry): Tool[] => {
    const { functionDeclarations, ...others } = camelCased(entry);
    const native = Object.entries(others).map(
      ([name, value]): Tool => ({ type: 'native', dialect: DIALECT, name, value: { [name]: value } }),
    );
    return [...objectsOf(functionDeclarations).map((one) => functionOf(camelCased(one))), ...native];
  });
}

/** Arguments come as JSON Schema or in Google's own kind of schema, which is said again as it came. */
function functionOf(declaration: Fields): Tool {
  const { name, description, parametersJsonSchema, parameters, ...rest } = declaration;
  const isReadable = typeof name === 'string' && (parameters === undefined || isFields(parameters));
  if (!isReadable || (parametersJsonSchema !== undefined && !isFields(parametersJsonSchema))) {
    return {
      type: 'native',
      dialect: DIALECT,
      name: textOf(name) ?? '',
      value: { functionDeclarations: [declaration] },
    };
  }
  const own = parameters && jsonSchemaOf(parameters);
  return {
    type: 'function',
    name,
    ...present({ description: textOf(description), parameters: parametersJsonSchema ?? own }),
    ...extraOf(rest, present({ parameters })),
  };
}

/** Writes the tools; those of another dialect can't be said. */
export function toolsOut(tools: readonly Tool[] | undefined, losses: Losses): readonly Fields[] | undefined {
  const functions: Fields[] = [];
  const others: Fields[] = [];
  tools?.forEach((tool, index) => {
    if (tool.type === 'function') {
      losses.foreign(tool.extra, `tools[${index}]`);
      if (tool.strict === true) losses.hint(`tools[${index}].strict`);
      functions.push(functionOut(tool));
    } else if (tool.dialect === DIALECT && isFields(tool.value)) others.push(tool.value);
    else losses.parameter(`tools[${index}]`);
  });
  const all = [...(functions.length > 0 ? [{ functionDeclarations: functions }] : []), ...others];
  return all.length > 0 ? all : undefined;
}

function functionOut({ name, description, parameters, extra }: FunctionTool): Fields {
  const { parameters: schema } = spellingOf(extra);
  return present({
    ...ownFields(extra),
    name,
    description,
    ...(schema === undefined ? { parametersJsonSchema: parameters } : { parameters: schema }),
  });
}

/** Reads `toolConfig`. What it says besides the choice stays as it came. */
export function toolConfigOf(value: unknown): Pick<ChatRequest, 'toolChoice'> & { readonly rest: Fields } {
  if (!isFields(value)) return { rest: {} };
  const { functionCallingConfig, ...beside } = camelCased(value);
  const rest = Object.keys(beside).length > 0 ? { toolConfig: beside } : {};
  if (functionCallingConfig === undefined) return { rest };
  const native = { type: 'native', dialect: DIALECT, value: functionCallingConfig } as const;
  return { toolChoice: choiceOf(functionCallingConfig) ?? native, rest };
}

function choiceOf(config: unknown): ToolChoice | undefined {
  if (!isFields(config)) return undefined;
  const { mode, allowedFunctionNames: names, ...more } = camelCased(config);
  if (Object.keys(more).length > 0 || typeof mode !== 'string') return undefined;
  const word = mode.toUpperCase();
  const [name, second] = Array.isArray(names) ? (names as readonly unknown[]) : [];
  if (word === 'ANY' && typeof name === 'string' && second === undefined) return { type: 'tool', name };
  if (names !== undefined && name !== undefined) return undefined;
  if (word === 'AUTO' || word === 'MODE_UNSPECIFIED') return { type: 'auto' };
  if (word === 'NONE') return { type: 'none' };
  return word === 'ANY' ? { type: 'required' } : undefined;
}

/** Writes `toolConfig`. */
export function toolConfigOut({ toolChoice, extra }: ChatRequest, losses: Losses): Fields | undefined {
  const beside = ownFields(extra)?.['toolConfig'];
  const config = present({
    ...(isFields(beside) ? beside : {}),
    functionCallingConfig: toolChoice && choiceOut(toolChoice, losses),
  });
  return Object.keys(config).length > 0 ? config : undefined;
}

function choiceOut(choice: ToolChoice, losses: Losses): unknown {
  switch (choice.type) {
    case 'tool':
      return { mode: 'ANY', allowedFunctionNames: [choice.name] };
    case 'required':
      return { mode: 'ANY' };
    case 'auto':
    case 'none':
      return { mode: choice.type.toUpperCase() };
    case 'native':
      if (choice.dialect === DIALECT) return choice.value;
      losses.parameter('tool_choice');
      return undefined;
  }
}

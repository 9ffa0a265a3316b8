import type { ChatRequest, Message, Tool, ToolChoice } from '../../model/request.ts';
import {
  DIALECT,
  extraOf,
  type Fields,
  isEmpty,
  isFields,
  objectsOf,
  onlyField,
  ownFields,
  present,
  textOf,
} from './fields.ts';
import { cacheHintOf } from './parts-in.ts';
import { cachePoint, type Writing } from './parts-out.ts';

type FunctionTool = Extract<Tool, { type: 'function' }>;

/** Reads `toolConfig`. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolConfiguration.html */
export function toolConfigOf(config: unknown): Pick<ChatRequest, 'tools' | 'toolChoice'> & { readonly rest: Fields } {
  if (!isFields(config)) return { rest: {} };
  const { tools, toolChoice, ...rest } = config;
  return {
    tools: toolsOf(tools),
    ...(toolChoice === undefined ? {} : { toolChoice: choiceOf(toolChoice) }),
    rest: isEmpty(rest) ? {} : { toolConfig: rest },
  };
}

function toolsOf(tools: unknown): readonly Tool[] {
  const read: Tool[] = [];
  for (const entry of objectsOf(tools)) {
    const cacheHint = cacheHintOf(entry);
    const last = read.at(-1);
    if (cacheHint && last?.type === 'function' && !last.cacheHint) read[read.length - 1] = { ...last, cacheHint };
    else read.push(functionOf(entry) ?? { type: 'native', dialect: DIALECT, name: nameIn(entry), value: entry });
  }
  return read;
}

function nameIn(entry: Fields): string {
  const [kind = '', value] = onlyField(entry) ?? [];
  return (isFields(value) ? textOf(value['name']) : undefined) ?? kind;
}

function functionOf(entry: Fields): FunctionTool | undefined {
  const [kind, spec] = onlyField(entry) ?? [];
  if (kind !== 'toolSpec' || !isFields(spec)) return undefined;
  const { name, description, inputSchema, strict, ...rest } = spec;
  const parameters = isFields(inputSchema) && onlyField(inputSchema) ? inputSchema['json'] : undefined;
  if (typeof name !== 'string' || !isFields(parameters)) return undefined;
  return {
    type: 'function',
    name,
    parameters,
    ...present({ description: textOf(description), strict: typeof strict === 'boolean' ? strict : undefined }),
    ...extraOf(rest),
  };
}

function choiceOf(value: unknown): ToolChoice {
  const [kind, said] = (isFields(value) ? onlyField(value) : undefined) ?? [];
  if (isFields(said) && kind === 'auto' && isEmpty(said)) return { type: 'auto' };
  if (isFields(said) && kind === 'any' && isEmpty(said)) return { type: 'required' };
  const name = isFields(said) && kind === 'tool' && onlyField(said) ? said['name'] : undefined;
  return typeof name === 'string' ? { type: 'tool', name } : { type: 'native', dialect: DIALECT, value };
}

/** Writes `toolConfig`. The wire demands the tools again where the conversation has calls of them. */
export function toolConfigOut(request: ChatRequest, rest: unknown, writing: Writing): Fields | undefined {
  const called = calledNames(request.messages);
  const isForbidden = request.toolChoice?.type === 'none';
  const given = isForbidden && called.size === 0 ? [] : (request.tools ?? []);
  if (isForbidden && called.size > 0) writing.losses.parameter('tool_choice');
  const said = given.flatMap((tool, index) => toolOut(tool, index, writing));
  const tools =
    said.length > 0 || writing.own ? said : [...called].map((name) => functionOut({ type: 'function', name }));
  if (tools.length === 0) return isFields(rest) ? rest : undefined;
  return { ...(isFields(rest) ? rest : {}), tools, ...present({ toolChoice: choiceOut(request.toolChoice, writing) }) };
}

function calledNames(messages: readonly Message[]): ReadonlySet<string> {
  return new Set(
    messages.flatMap(({ content }) => content.flatMap((part) => (part.type === 'tool-call' ? part.name : []))),
  );
}

function toolOut(tool: Tool, index: number, writing: Writing): readonly Fields[] {
  const at = `tools[${index}]`;
  if (tool.type === 'function') {
    writing.losses.foreign(tool.extra, at);
    return [functionOut(tool), ...cachePoint(tool.cacheHint, at, writing)];
  }
  if (tool.dialect === DIALECT && isFields(tool.value)) return [tool.value];
  writing.losses.parameter(at);
  return [];
}

function functionOut({ name, description, parameters, strict, extra }: FunctionTool): Fields {
  return {
    toolSpec: present({
      ...ownFields(extra),
      name,
      // Empty descriptions are refused.
      description: description === '' ? undefined : description,
      inputSchema: { json: ownFields(extra) ? parameters : { type: 'object', ...(parameters ?? { properties: {} }) } },
      strict,
    }),
  };
}

function choiceOut(choice: ToolChoice | undefined, { losses }: Writing): unknown {
  switch (choice?.type) {
    case 'auto':
      return { auto: {} };
    case 'required':
      return { any: {} };
    case 'tool':
      return { tool: { name: choice.name } };
    case 'native':
      if (choice.dialect === DIALECT) return choice.value;
      losses.parameter('tool_choice');
      return undefined;
    case 'none':
    case undefined:
      return undefined;
  }
}

import type { ChatRequest, Tool, ToolChoice } from '../../model/request.ts';
import { DIALECT, extraOf, type Fields, isEmpty, isFields, objectsOf, ownFields, present, textOf } from './fields.ts';
import type { Losses } from './losses.ts';

type FunctionTool = Extract<Tool, { type: 'function' }>;

/** Reads `tools`. One switch makes all of them strict. https://docs.cohere.com/docs/tool-use-overview */
export function toolsOf(tools: unknown, isStrict: boolean): readonly Tool[] {
  return objectsOf(tools).map((wire) => {
    const tool = functionOf(wire);
    if (!tool) return { type: 'native', dialect: DIALECT, name: '', value: wire };
    return isStrict ? { ...tool, strict: true } : tool;
  });
}

function functionOf({ type, function: said, ...rest }: Fields): FunctionTool | undefined {
  if (type !== 'function' || !isFields(said)) return undefined;
  const { name, description, parameters, ...inside } = said;
  const isKnown = [description, parameters].every((value) => value !== null);
  if (typeof name !== 'string' || !isKnown || (parameters !== undefined && !isFields(parameters))) return undefined;
  return {
    type: 'function',
    name,
    ...present({ description: textOf(description), parameters }),
    ...extraOf({ ...rest, ...(isEmpty(inside) ? {} : { function: inside }) }),
  };
}

/** Reads `tool_choice`. */
export function toolChoiceOf(value: string): ToolChoice {
  if (value === 'REQUIRED') return { type: 'required' };
  return value === 'NONE' ? { type: 'none' } : { type: 'native', dialect: DIALECT, value };
}

/** What `tools`, `strict_tools` and `tool_choice` say. */
export function toolFields(request: ChatRequest, losses: Losses): Fields {
  const { tools = [], toolChoice } = request;
  const own = ownFields(request.extra) !== undefined;
  tools.forEach((tool, index) => noteLost(tool, `tools[${index}]`, losses));
  const meant = meantBy(toolChoice, tools);
  const said = (meant ?? tools).flatMap(toolOut);
  return present({
    tools: said.length > 0 || (own && request.tools) ? said : undefined,
    strict_tools: strictOut(tools, losses),
    tool_choice: choiceOut(toolChoice, meant !== undefined, losses),
  });
}

/** The wire can't name the tool that must be used, but it can be offered alone. */
function meantBy(choice: ToolChoice | undefined, tools: readonly Tool[]): readonly Tool[] | undefined {
  if (choice?.type !== 'tool') return undefined;
  const meant = tools.filter((tool) => tool.type === 'function' && tool.name === choice.name);
  return meant.length > 0 ? meant : undefined;
}

function noteLost(tool: Tool, at: string, losses: Losses): void {
  if (tool.type === 'native') {
    if (tool.dialect !== DIALECT) losses.parameter(at);
    return;
  }
  losses.foreign(tool.extra, at);
  if (tool.cacheHint) losses.hint(`${at}.cache_control`);
}

function toolOut(tool: Tool): readonly Fields[] {
  if (tool.type === 'native') return tool.dialect === DIALECT && isFields(tool.value) ? [tool.value] : [];
  const { name, description, parameters = NO_PARAMETERS, extra } = tool;
  const own = ownFields(extra);
  const inside = isFields(own?.['function']) ? own['function'] : {};
  return [{ ...own, type: 'function', function: present({ ...inside, name, description, parameters }) }];
}

/** The wire demands a schema; functions without arguments may come without one. */
const NO_PARAMETERS: Fields = { type: 'object', properties: {} };

/** All tools are strict or none; some that are can't be told apart from the others. */
function strictOut(tools: readonly Tool[], losses: Losses): true | undefined {
  const functions = tools.filter((tool) => tool.type === 'function');
  const strict = functions.filter((tool) => tool.strict === true);
  if (strict.length === 0) return undefined;
  if (strict.length === functions.length) return true;
  losses.hint('tools.function.strict');
  return undefined;
}

function choiceOut(choice: ToolChoice | undefined, isAlone: boolean, losses: Losses): unknown {
  switch (choice?.type) {
    case 'required':
      return 'REQUIRED';
    case 'none':
      return 'NONE';
    case 'tool':
      if (!isAlone) losses.parameter('tool_choice');
      return 'REQUIRED';
    case 'native':
      if (choice.dialect === DIALECT) return choice.value;
      losses.parameter('tool_choice');
      return undefined;
    case 'auto':
    case undefined:
      return undefined;
  }
}

import type { ChatRequest, Tool } from '../../model/request.ts';
import { DIALECT, extraOf, type Fields, isEmpty, isFields, objectsOf, ownFields, present, textOf } from './fields.ts';
import type { Losses } from './losses.ts';

type FunctionTool = Extract<Tool, { type: 'function' }>;

/** Reads `tools`. https://docs.ollama.com/capabilities/tool-calling */
export function toolsOf(tools: unknown): readonly Tool[] {
  return objectsOf(tools).map(
    (wire) => functionOf(wire) ?? { type: 'native', dialect: DIALECT, name: '', value: wire },
  );
}

function functionOf({ type, function: said, ...rest }: Fields): FunctionTool | undefined {
  if (type !== 'function' || !isFields(said)) return undefined;
  const { name, description, parameters, ...inside } = said;
  const isKnown = (description === undefined || typeof description === 'string') && isFields(parameters);
  if (typeof name !== 'string' || !isKnown) return undefined;
  return {
    type: 'function',
    name,
    ...present({ description: textOf(description), parameters }),
    ...extraOf({ ...rest, ...(isEmpty(inside) ? {} : { function: inside }) }),
  };
}

/** What `tools` says. The wire can’t say which of them must be called: the model may call any of them, or none. */
export function toolsOut(request: ChatRequest, losses: Losses): readonly Fields[] | undefined {
  const { tools = [], toolChoice } = request;
  tools.forEach((tool, index) => noteLost(tool, `tools[${index}]`, losses));
  const choice = toolChoice?.type ?? 'auto';
  if (choice !== 'auto' && choice !== 'none') losses.parameter('tool_choice');
  const said = choice === 'none' ? [] : tools.flatMap(toolOut);
  return said.length > 0 || (ownFields(request.extra) && request.tools) ? said : undefined;
}

function noteLost(tool: Tool, at: string, losses: Losses): void {
  if (tool.type === 'native') {
    if (tool.dialect !== DIALECT) losses.parameter(at);
    return;
  }
  losses.foreign(tool.extra, at);
  if (tool.cacheHint) losses.hint(`${at}.cache_control`);
  if (tool.strict === true) losses.hint('tools.function.strict');
}

/** The wire demands a schema; functions without arguments may come without one. */
const NO_PARAMETERS: Fields = { type: 'object', properties: {} };

function toolOut(tool: Tool): readonly Fields[] {
  if (tool.type === 'native') return tool.dialect === DIALECT && isFields(tool.value) ? [tool.value] : [];
  const { name, description, parameters = NO_PARAMETERS, extra } = tool;
  const own = ownFields(extra);
  const inside = isFields(own?.['function']) ? own['function'] : {};
  return [{ ...own, type: 'function', function: present({ ...inside, name, description, parameters }) }];
}

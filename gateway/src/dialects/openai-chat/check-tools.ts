import { type Check, invalid } from '../openai-checks.ts';
import { isObject } from '../json-object.ts';

/** Checks the tools. What a tool of another type than `function` needs, only its provider knows. */
export const checkTools: Check = (tools, param) => {
  if (!Array.isArray(tools)) throw invalid(param, 'must be a list');
  for (let at = 0; at < tools.length; at += 1) checkTool(tools[at], `${param}[${at}]`);
};

function checkTool(tool: unknown, param: string): void {
  if (!isObject(tool)) throw invalid(param, 'must be an object');
  const { type, function: called } = tool;
  // Mistral takes functions without a type.
  if (typeof type !== 'string' && !(type === undefined && isObject(called))) {
    throw invalid(`${param}.type`, 'must be a string');
  }
  if (type !== undefined && type !== 'function') return;
  if (!isObject(called)) throw invalid(`${param}.function`, 'must be an object');
  const { name, parameters } = called;
  if (typeof name !== 'string' || name === '')
    throw invalid(`${param}.function.name`, 'must be a string that is not empty');
  if (parameters !== undefined && parameters !== null && !isObject(parameters)) {
    throw invalid(`${param}.function.parameters`, 'must be an object');
  }
}

/** Checks which tool must be called. */
export const checkToolChoice: Check = (choice, param) => {
  if (typeof choice === 'string') return;
  if (!isObject(choice)) throw invalid(param, 'must be a string or an object');
  if (typeof choice['type'] !== 'string') throw invalid(`${param}.type`, 'must be a string');
  const called = choice['function'];
  if (choice['type'] === 'function' && !(isObject(called) && typeof called['name'] === 'string')) {
    throw invalid(`${param}.function.name`, 'must be a string');
  }
};

import { behave, type Behaviour } from '../scripted-provider/behaviour.ts';
import { reason, say } from '../scripted-provider/acts.ts';
import type { Script } from '../scripted-provider/script.ts';
import type { ScriptedProvider } from '../scripted-provider/scripted-provider.ts';
import type { ScriptedRequest } from '../scripted-provider/scripted-request.ts';
import { listOf, textOf, wordOf } from '../scripted-provider/voice.ts';
import type { Desk } from './desk.ts';

/** How the agents' file-reading tools are called. */
export interface ReadingTool {
  readonly name: string;
  readonly argument: string;
  /** What to say there for a file; its path unless something else is wanted. */
  readonly asking?: (path: string) => unknown;
}

/** What a provider was handed back of one tool call. */
export interface ToolResult {
  readonly callId: string;
  readonly text: string;
}

/**
 * Plays a model that thinks, reads both notes in one turn, and then says the words it was shown. It can know them only
 * if the tool calls reached the agent and the results came back.
 */
export function readsTheNotes(desk: Desk, tool: ReadingTool): Script {
  const { name, argument, asking = (path: string) => path } = tool;
  const calls = desk.notes.map(({ path }) => ({ name, arguments: { [argument]: asking(path) } }));
  return (request): Behaviour => {
    const results = toolResults(request);
    if (results.length > 0) return say(`I read: ${results.map(({ text }) => wordIn(text)).join(', ')}`);
    return toolNames(request).includes(tool.name)
      ? behave(reason('I must look.'), { calls })
      : say('No tools, no work.');
  };
}

/** What `readsTheNotes` says in the end. */
export function answerFor(desk: Desk): string {
  return `I read: ${desk.notes.map(({ word }) => word).join(', ')}`;
}

function wordIn(text: string): string {
  return /The word is (\w+)/.exec(text)?.[1] ?? 'nothing';
}

/** The tool results of a request, in whichever dialect, in the order of the calls: agents run them at once. */
export function toolResults({ json }: ScriptedRequest): readonly ToolResult[] {
  return [...listOf(json['messages']), ...listOf(json['input']), ...listOf(json['contents'])]
    .flatMap(resultsIn)
    .toSorted((a, b) => a.callId.localeCompare(b.callId));
}

function resultsIn(message: Readonly<Record<string, unknown>>): readonly ToolResult[] {
  if (message['type'] === 'function_call_output')
    return [{ callId: wordOf(message['call_id']), text: textOf(message['output']) }];
  if (message['role'] === 'tool')
    return [{ callId: wordOf(message['tool_call_id']), text: textOf(message['content']) }];
  return [...listOf(message['content']), ...listOf(message['parts'])].flatMap(resultInPart);
}

function resultInPart(part: Readonly<Record<string, unknown>>): readonly ToolResult[] {
  if (part['type'] === 'tool_result') return [{ callId: wordOf(part['tool_use_id']), text: textOf(part['content']) }];
  const answer = part['functionResponse'] as Readonly<Record<string, unknown>> | undefined;
  return answer === undefined ? [] : [{ callId: wordOf(answer['id']), text: JSON.stringify(answer['response']) }];
}

/** A tool, whatever the dialect. */
interface ToolShape {
  readonly name: string;
  readonly description: unknown;
  readonly schema: unknown;
}

/** The tools that a request offers, in whichever dialect. */
export function toolsOf({ json }: ScriptedRequest): readonly ToolShape[] {
  const tools = listOf(json['tools']).flatMap((tool) => listOf(tool['functionDeclarations'] ?? [tool]));
  return tools.map((tool) => {
    const described = (tool['function'] ?? tool) as Readonly<Record<string, unknown>>;
    const { name, description, parameters, input_schema: schema, parametersJsonSchema } = described;
    return { name: wordOf(name), description, schema: parameters ?? schema ?? parametersJsonSchema };
  });
}

function toolNames(request: ScriptedRequest): readonly string[] {
  return toolsOf(request).map(({ name }) => name);
}

/** The requests that ask a model something. */
export function asked({ requests }: ScriptedProvider): readonly ScriptedRequest[] {
  return requests.filter(({ method, path }) => method === 'POST' && !/count_tokens|:countTokens/.test(path));
}

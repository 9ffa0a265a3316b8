// The cases of OpenAI's Agents SDK, over either of the APIs it can use.
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Agent, run, setTracingDisabled, tool } from '@openai/agents';
import { City, givingUp, HANG, HELLO, Person, SUNNY, TOOL, TOOL_TEXT, WEATHER, WHO } from './words.mjs';

/** The client library that the Agents SDK brings, which is newer than the one beside it. */
export async function openaiOfAgents() {
  const path = createRequire(createRequire(import.meta.url).resolve('@openai/agents')).resolve('openai');
  return (await import(pathToFileURL(`${dirname(path)}/index.mjs`).href)).default;
}

export function agentsCases(model) {
  setTracingDisabled(true);
  const agent = (more) => new Agent({ name: 'Ada', instructions: 'Be brief.', model, ...more });
  const told = ({ finalOutput: text, rawResponses }) => {
    const { inputTokens: input, outputTokens: output } = rawResponses.at(-1).usage;
    return { text, input, output };
  };
  const weather = (calls) =>
    tool({ name: TOOL, description: TOOL_TEXT, parameters: City, execute: (given) => (calls.push(given), SUNNY) });
  return {
    chat: async () => told(await run(agent(), HELLO)),
    stream: async () => {
      const streamed = await run(agent(), HELLO, { stream: true });
      await streamed.completed;
      return told(streamed);
    },
    tools: async () => {
      const calls = [];
      const { finalOutput: text } = await run(agent({ tools: [weather(calls)] }), WEATHER);
      return { text, calls };
    },
    toolsStreamed: async () => {
      const calls = [];
      const streamed = await run(agent({ tools: [weather(calls)] }), WEATHER, { stream: true });
      await streamed.completed;
      return { text: streamed.finalOutput, calls };
    },
    structured: async () => ({ object: (await run(agent({ outputType: Person }), WHO)).finalOutput }),
    abort: () =>
      givingUp(async (signal, heard) => {
        const streamed = await run(agent(), HANG, { stream: true, signal });
        for await (const piece of streamed.toTextStream()) heard(piece);
        await streamed.completed;
      }),
  };
}

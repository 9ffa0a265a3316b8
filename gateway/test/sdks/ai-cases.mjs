// The cases of Vercel's AI SDK, which are the same for each of its providers.
import { embedMany, generateObject, generateText, stepCountIs, streamText, tool } from 'ai';
import { City, givingUp, HANG, HELLO, Person, SUNNY, TOOL, TOOL_TEXT, WEATHER, WHO } from './words.mjs';

export function aiCases({ model, embedder }) {
  const told = ({ text, usage }) => ({ text, input: usage.inputTokens, output: usage.outputTokens });
  const withTool = (calls) => ({
    model,
    maxRetries: 0,
    prompt: WEATHER,
    stopWhen: stepCountIs(3),
    tools: {
      [TOOL]: tool({ description: TOOL_TEXT, inputSchema: City, execute: (given) => (calls.push(given), SUNNY) }),
    },
  });
  return {
    chat: async () => told(await generateText({ model, maxRetries: 0, prompt: HELLO })),
    stream: async () => {
      const streamed = streamText({ model, maxRetries: 0, prompt: HELLO, onError: () => undefined });
      return told({ text: await streamed.text, usage: await streamed.usage });
    },
    tools: async () => {
      const calls = [];
      const { text } = await generateText(withTool(calls));
      return { text, calls };
    },
    toolsStreamed: async () => {
      const calls = [];
      const streamed = streamText({ ...withTool(calls), onError: () => undefined });
      return { text: await streamed.text, calls };
    },
    structured: async () => {
      const { object } = await generateObject({ model, maxRetries: 0, schema: Person, prompt: WHO });
      return { object };
    },
    ...(embedder && {
      embeddings: async () => {
        const { embeddings } = await embedMany({ model: embedder, maxRetries: 0, values: ['one', 'two'] });
        return { lengths: embeddings.map(({ length }) => length) };
      },
    }),
    abort: () =>
      givingUp(async (abortSignal, heard) => {
        const streamed = streamText({ model, maxRetries: 0, prompt: HANG, abortSignal, onError: () => undefined });
        for await (const part of streamed.fullStream) {
          if (part.type === 'text-delta') heard(part.text);
          if (part.type === 'abort') throw new Error('aborted');
        }
      }),
  };
}

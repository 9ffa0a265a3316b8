import OpenAI from 'openai';
import { zodFunction, zodResponseFormat } from 'openai/helpers/zod';
import { City, givingUp, HANG, HELLO, Person, SUNNY, TOOL, TOOL_TEXT, WEATHER, WHO } from '../words.mjs';

export function cases({ url, key, model }) {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });
  const ask = (content) => ({ model, messages: [{ role: 'user', content }] });
  return {
    chat: async () => {
      const { choices, usage } = await client.chat.completions.create(ask(HELLO));
      return { text: choices[0].message.content, input: usage.prompt_tokens, output: usage.completion_tokens };
    },
    stream: async () => {
      const stream = client.chat.completions.stream({ ...ask(HELLO), stream_options: { include_usage: true } });
      const { choices, usage } = await stream.finalChatCompletion();
      return { text: choices[0].message.content, input: usage.prompt_tokens, output: usage.completion_tokens };
    },
    tools: async () => {
      const calls = [];
      const tool = zodFunction({
        name: TOOL,
        description: TOOL_TEXT,
        parameters: City,
        function: (given) => (calls.push(given), SUNNY),
      });
      const runner = client.chat.completions.runTools({ ...ask(WEATHER), tools: [tool] });
      return { text: await runner.finalContent(), calls };
    },
    toolsStreamed: async () => {
      const calls = [];
      const tool = zodFunction({
        name: TOOL,
        description: TOOL_TEXT,
        parameters: City,
        function: (given) => (calls.push(given), SUNNY),
      });
      const runner = client.chat.completions.runTools({ ...ask(WEATHER), tools: [tool], stream: true });
      return { text: await runner.finalContent(), calls };
    },
    structured: async () => {
      const { choices } = await client.chat.completions.parse({
        ...ask(WHO),
        response_format: zodResponseFormat(Person, 'person'),
      });
      return { object: choices[0].message.parsed };
    },
    embeddings: async () => {
      const { data } = await client.embeddings.create({ model: 'embedder', input: ['one', 'two'] });
      return { lengths: data.map(({ embedding }) => embedding.length) };
    },
    abort: () =>
      givingUp(async (signal, heard) => {
        const stream = await client.chat.completions.create({ ...ask(HANG), stream: true }, { signal });
        for await (const { choices } of stream) heard(choices[0]?.delta.content);
      }),
  };
}

import Anthropic from '@anthropic-ai/sdk';
import { z } from 'zod';
import { City, givingUp, HANG, HELLO, Person, SUNNY, TOOL, TOOL_TEXT, WEATHER, WHO } from '../words.mjs';

export function cases({ url, key, model }) {
  const client = new Anthropic({ baseURL: url, apiKey: key, maxRetries: 0 });
  const ask = (content) => ({ model, max_tokens: 100, messages: [{ role: 'user', content }] });
  const told = ({ content, usage }) => ({
    text: content.map(({ text }) => text ?? '').join(''),
    input: usage.input_tokens,
    output: usage.output_tokens,
  });
  const tools = [{ name: TOOL, description: TOOL_TEXT, input_schema: z.toJSONSchema(City) }];
  const withTools = async (send) => {
    const asked = ask(WEATHER);
    const first = await send({ ...asked, tools });
    const uses = first.content.filter(({ type }) => type === 'tool_use');
    const results = uses.map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: SUNNY }));
    const messages = [
      ...asked.messages,
      { role: 'assistant', content: first.content },
      { role: 'user', content: results },
    ];
    return { text: told(await send({ ...asked, messages, tools })).text, calls: uses.map(({ input }) => input) };
  };
  return {
    chat: async () => told(await client.messages.create(ask(HELLO))),
    stream: async () => told(await client.messages.stream(ask(HELLO)).finalMessage()),
    tools: () => withTools((body) => client.messages.create(body)),
    toolsStreamed: () => withTools((body) => client.messages.stream(body).finalMessage()),
    structured: async () => {
      const { content } = await client.messages.create({
        ...ask(WHO),
        tools: [{ name: 'person', input_schema: z.toJSONSchema(Person) }],
        tool_choice: { type: 'tool', name: 'person' },
      });
      return { object: content.find(({ type }) => type === 'tool_use').input };
    },
    countTokens: async () => {
      const { input_tokens: tokens } = await client.messages.countTokens({ model, messages: ask(HELLO).messages });
      return { tokens };
    },
    abort: () =>
      givingUp(async (signal, heard) => {
        const stream = client.messages.stream(ask(HANG), { signal });
        stream.on('text', heard);
        await stream.finalMessage();
      }),
  };
}

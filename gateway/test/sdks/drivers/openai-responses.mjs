import OpenAI from 'openai';
import { zodResponsesFunction, zodTextFormat } from 'openai/helpers/zod';
import { City, givingUp, HANG, HELLO, Person, SUNNY, TOOL, TOOL_TEXT, WEATHER, WHO } from '../words.mjs';

export function cases({ url, key, model }) {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });
  const told = ({ output_text: text, usage }) => ({ text, input: usage.input_tokens, output: usage.output_tokens });
  return {
    chat: async () => told(await client.responses.create({ model, input: HELLO })),
    stream: async () => told(await client.responses.stream({ model, input: HELLO }).finalResponse()),
    tools: async () => {
      const tools = [zodResponsesFunction({ name: TOOL, description: TOOL_TEXT, parameters: City })];
      const input = [{ role: 'user', content: WEATHER }];
      const first = await client.responses.parse({ model, input, tools });
      const asked = first.output.filter(({ type }) => type === 'function_call');
      input.push(...first.output, ...asked.map(({ call_id }) => ({ type: 'function_call_output', call_id, output: SUNNY })));
      const { output_text: text } = await client.responses.create({ model, input, tools });
      return { text, calls: asked.map(({ parsed_arguments: given }) => given) };
    },
    structured: async () => {
      const { output_parsed: object } = await client.responses.parse({
        model,
        input: WHO,
        text: { format: zodTextFormat(Person, 'person') },
      });
      return { object };
    },
    abort: () =>
      givingUp(async (signal, heard) => {
        const stream = await client.responses.create({ model, input: HANG, stream: true }, { signal });
        for await (const event of stream) if (event.type === 'response.output_text.delta') heard(event.delta);
      }),
  };
}

import OpenAI from 'openai';
import { zodResponsesFunction, zodTextFormat } from 'openai/helpers/zod';
import { City, givingUp, HANG, HELLO, Person, SUNNY, TOOL, TOOL_TEXT, WEATHER, WHO } from '../words.mjs';

export function cases({ url, key, model }) {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });
  const told = ({ output_text: text, usage }) => ({ text, input: usage.input_tokens, output: usage.output_tokens });
  /** Asks, answers the calls with their results, and asks again. */
  const worked = async (ask) => {
    const tools = [zodResponsesFunction({ name: TOOL, description: TOOL_TEXT, parameters: City })];
    const input = [{ role: 'user', content: WEATHER }];
    const first = await ask({ model, input, tools });
    const asked = first.output.filter(({ type }) => type === 'function_call');
    input.push(...first.output, ...asked.map(({ call_id }) => ({ type: 'function_call_output', call_id, output: SUNNY })));
    const { output_text: text, output } = await ask({ model, input, tools });
    const said = output.flatMap(({ content = [] }) => content.map((part) => part.text));
    return { text: text ?? said.join(''), calls: asked.map(({ parsed_arguments: given }) => given) };
  };
  return {
    chat: async () => told(await client.responses.create({ model, input: HELLO })),
    stream: async () => told(await client.responses.stream({ model, input: HELLO }).finalResponse()),
    tools: () => worked((asked) => client.responses.parse(asked)),
    toolsStreamed: () => worked((asked) => client.responses.stream(asked).finalResponse()),
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

import { GoogleGenAI } from '@google/genai';
import { z } from 'zod';
import { City, givingUp, HANG, HELLO, Person, SUNNY, TOOL, TOOL_TEXT, WEATHER, WHO } from '../words.mjs';

export function cases({ url, key, model }) {
  const client = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: url } });
  const user = (text) => ({ role: 'user', parts: [{ text }] });
  const usageOf = ({ promptTokenCount: input, candidatesTokenCount: output }) => ({ input, output });
  const streamed = async (asked) => {
    const parts = [];
    let usage;
    for await (const piece of await client.models.generateContentStream(asked)) {
      parts.push(...(piece.candidates?.[0]?.content?.parts ?? []));
      usage = piece.usageMetadata ?? usage;
    }
    return { parts, usage };
  };
  const whole = async (asked) => {
    const { candidates, usageMetadata: usage } = await client.models.generateContent(asked);
    return { parts: candidates[0].content.parts, usage };
  };
  const textIn = (parts) => parts.map(({ text }) => text ?? '').join('');
  const withTools = async (ask) => {
    const declared = { name: TOOL, description: TOOL_TEXT, parametersJsonSchema: z.toJSONSchema(City) };
    const config = { tools: [{ functionDeclarations: [declared] }] };
    const first = await ask({ model, contents: [user(WEATHER)], config });
    const calls = first.parts.flatMap(({ functionCall }) => functionCall ?? []);
    const results = calls.map(({ id, name }) => ({ functionResponse: { id, name, response: { result: SUNNY } } }));
    const contents = [user(WEATHER), { role: 'model', parts: first.parts }, { role: 'user', parts: results }];
    const { parts } = await ask({ model, contents, config });
    return { text: textIn(parts), calls: calls.map(({ args }) => args) };
  };
  return {
    chat: async () => {
      const { parts, usage } = await whole({ model, contents: HELLO });
      return { text: textIn(parts), ...usageOf(usage) };
    },
    stream: async () => {
      const { parts, usage } = await streamed({ model, contents: HELLO });
      return { text: textIn(parts), ...usageOf(usage) };
    },
    tools: () => withTools(whole),
    toolsStreamed: () => withTools(streamed),
    structured: async () => {
      const config = { responseMimeType: 'application/json', responseJsonSchema: z.toJSONSchema(Person) };
      const { text } = await client.models.generateContent({ model, contents: WHO, config });
      return { object: JSON.parse(text) };
    },
    countTokens: async () => {
      const { totalTokens: tokens } = await client.models.countTokens({ model, contents: HELLO });
      return { tokens };
    },
    abort: () =>
      givingUp(async (abortSignal, heard) => {
        const stream = await client.models.generateContentStream({ model, contents: HANG, config: { abortSignal } });
        for await (const piece of stream) heard(piece.text);
      }),
  };
}

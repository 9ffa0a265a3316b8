// Which gateway the examples ask: the names that the command `synthlang` reads, too.
import OpenAI from 'openai';

const endpoint = process.env.SYNTHLANG_ENDPOINT ?? 'http://127.0.0.1:8000';

export const openai = new OpenAI({ baseURL: `${endpoint}/v1`, apiKey: process.env.SYNTHLANG_API_KEY });

/** Asks one question and prints the answer. */
export async function ask(content, { model = 'gpt-4o-mini', ...fields } = {}) {
  const reply = await openai.chat.completions.create({ model, messages: [{ role: 'user', content }], ...fields });
  console.log(reply.choices[0].message.content);
  return reply;
}

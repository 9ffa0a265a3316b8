// Prompts packed with gzip: no model reads that, so the wish is accepted, and the answer says what came of it.
import { openai } from './gateway.mjs';

const { data, response } = await openai.chat.completions
  .create({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello!' }], use_gzip: true })
  .withResponse();
console.log(data.choices[0].message.content);
console.log(`warning: ${response.headers.get('x-synthlang-warning')}`);

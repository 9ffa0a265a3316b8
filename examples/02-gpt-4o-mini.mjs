// A system message, a temperature of exactly 0, and a limit.
import { openai } from './gateway.mjs';

const reply = await openai.chat.completions.create({
  model: 'gpt-4o-mini',
  messages: [
    { role: 'system', content: 'You are a librarian. Answer in one sentence.' },
    { role: 'user', content: 'Which book should I read first?' },
  ],
  temperature: 0,
  max_tokens: 100,
});
console.log(reply.choices[0].message.content);
console.log(`${reply.usage.total_tokens} tokens`);

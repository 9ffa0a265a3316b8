// A long system prompt goes to the model as it was written, line ends and indentation included.
import { openai } from './gateway.mjs';

const rules = Array.from({ length: 50 }, (_, at) => `  ${at + 1}. Follow rule number ${at + 1} of the handbook.`);
const reply = await openai.chat.completions.create({
  model: 'gpt-4o-mini',
  messages: [
    { role: 'system', content: `You support customers.\n\n${rules.join('\n')}` },
    { role: 'user', content: 'How many rules are there?' },
  ],
});
console.log(reply.choices[0].message.content);

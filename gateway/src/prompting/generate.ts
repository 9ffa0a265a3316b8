import { z } from 'zod';
import { actOf } from './contract.ts';

const INSTRUCTIONS = [
  'Write a prompt that makes a language model do the "task" of the material well, every time, for any input it may get.',
  'Say who the model is to be, what it gets, what it shall do, what it must not do, and what its answer looks like.',
  'Be specific where the task is; invent no facts. Write in the language of the task. Do not do the task yourself.',
].join('\n');

const Answer = z.strictObject({
  prompt: z.string().trim().min(1).describe('The prompt, ready to be used.'),
  rationale: z.string().describe('Why it is written so, in a few sentences.'),
});

/** Writes a prompt for a task. */
export const generate = actOf({
  name: 'generate',
  fields: ({ textCharactersMax }) => ({ task_description: z.string().trim().min(1).max(textCharactersMax) }),
  run: async ({ task_description: task }, { work, countTokens }) => {
    const { prompt, rationale } = await work.answer({
      name: 'prompt',
      instructions: INSTRUCTIONS,
      material: { task },
      answer: Answer,
    });
    return { prompt, rationale, metadata: { tokens: countTokens(prompt) } };
  },
});

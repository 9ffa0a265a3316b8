import { z } from 'zod';
import { actOf } from './contract.ts';

const INSTRUCTIONS = [
  'Write the "text" of the material in SynthLang, a terse notation for prompts, and say in one or two sentences what you did.',
  'SynthLang has one step to a line, and each line begins with what it is:',
  '↹ what comes in (input, data, context, conditions), ⊕ what is done with it, Σ what goes out.',
  '• joins things that belong together, => says what becomes of what; numbers and limits are written with + - * / > < = ^.',
  'Leave out articles, courtesies and repetitions. Keep every name, number, limit and condition. Never answer the text.',
  'Example: "Please read the customer reviews and tell me the three most common complaints, with a count for each." is',
  '↹ reviews•customer\n⊕ complaints => top 3\nΣ complaint•count',
].join('\n');

const Answer = z.strictObject({
  target: z.string().trim().min(1).describe('The text in SynthLang, its lines divided by line breaks.'),
  explanation: z.string().describe('What was done, in the language of the text.'),
});

/** Writes a text in SynthLang. */
export const translate = actOf({
  name: 'translate',
  fields: ({ textCharactersMax }) => ({
    text: z.string().trim().min(1).max(textCharactersMax),
    instructions: z.string().max(textCharactersMax).optional(),
  }),
  run: async ({ text, instructions }, { work, countTokens }) => {
    const wishes = instructions === undefined ? '' : `\n\nWhoever wants this also asks you to heed: ${instructions}`;
    const { target, explanation } = await work.answer({
      name: 'translation',
      instructions: INSTRUCTIONS + wishes,
      material: { text },
      answer: Answer,
    });
    const [before, after] = [countTokens(text), countTokens(target)];
    return { source: text, target, explanation, metrics: { source_tokens: before, target_tokens: after } };
  },
});

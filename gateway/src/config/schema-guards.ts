import { z } from 'zod';
import { GUARD_ACTIONS, GUARD_CATEGORIES } from '../model/guard.ts';
import { whole } from './fields.ts';

const NAME_LENGTH_MAX = 128;

/** A guard’s name, as requests and keys say it. */
export const guardName = () => z.string().min(1).max(NAME_LENGTH_MAX);

const rule = z.strictObject({
  name: guardName().describe('What requests (`guardrails`), keys and records call it.'),
  category: z.enum(GUARD_CATEGORIES).describe('What it looks for.'),
  on: z
    .array(z.enum(['input', 'output']))
    .min(1)
    .default(['input', 'output'])
    .describe('Whether it judges what callers say, what models say, or both.'),
  action: z
    .enum(GUARD_ACTIONS)
    .default('block')
    .describe('What follows: a note in the record, the found words taken out, or a refusal.'),
  threshold: z.number().min(0.01).max(1).default(0.5).describe('The score from which on it acts, up to 1.'),
  default: z.boolean().default(true).describe('Judge every request; `false` judges only those that name it.'),
});

/** Guards of input and output. */
export const guards = z.strictObject({
  rules: z
    .array(rule)
    .max(50)
    .superRefine((rules, context) => {
      for (const [at, { name }] of rules.entries()) {
        if (rules.findIndex((other) => other.name === name) < at)
          context.addIssue({ code: 'custom', path: [at, 'name'], message: 'is the same name as an earlier one' });
      }
    })
    .default([])
    .describe('Guards that judge requests and answers.'),
  windowCharacters: whole(400, { min: 200, max: 8000 }).describe(
    'How much of a streamed answer is held back until it has been judged.',
  ),
});

import { z } from 'zod';
import { milliseconds, modelName, whole } from './fields.ts';

const NAME = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;
const NAME_CHARACTERS_MAX = 48;
const AGENT_PREFIX = 'agent_';

const toolName = () =>
  z
    .string()
    .min(1)
    .max(64)
    .refine((name) => !name.startsWith(AGENT_PREFIX), 'is an agent; agents don’t use agents');

const agent = z.strictObject({
  name: z
    .string()
    .max(NAME_CHARACTERS_MAX)
    .regex(NAME, 'must be small letters, digits and single underscores between them')
    .describe('Callers write `#agent_` and this name.'),
  description: z.string().min(1).max(1000).describe('What the agent does, for whoever lists the tools.'),
  model: modelName().describe('The model that does the work; callers must be allowed to use it.'),
  instructions: z.string().min(1).max(100_000).describe('What the model shall do with a task, and how.'),
  tools: z.array(toolName()).max(100).default([]).describe('Names of the gateway’s own tools that the agent may use.'),
  role: z.enum(['admin', 'premium', 'basic']).default('basic').describe('The least role for the agent.'),
  stepsMax: whole(8, { min: 1, max: 100 }).describe(
    'Most questions to the model for one task; the last is asked without a way to call more tools.',
  ),
  toolCallsMax: whole(20, { min: 1, max: 1000 }).describe('Most calls of tools for one task.'),
  concurrencyMax: whole(4, { min: 1, max: 100 }).describe('Most calls of tools at one time.'),
  outputTokensMax: z
    .number()
    .int()
    .min(1)
    .max(10_000_000)
    .optional()
    .describe(
      'Most tokens that the model may write for one task, all answers together; absent means as many as it likes.',
    ),
  resultCharactersMax: whole(20_000, { min: 100, max: 1_000_000 }).describe(
    'How much of a tool’s answer the model gets to see.',
  ),
  timeoutMs: milliseconds(120_000).describe('Longest time one task may take.'),
});

/** Models that work with the gateway's tools. */
export const agents = z
  .array(agent)
  .max(100)
  .superRefine((all, context) => {
    const seen = new Set<string>();
    for (const [index, { name }] of all.entries()) {
      if (seen.has(name))
        context.addIssue({ code: 'custom', path: [index, 'name'], message: 'is the same name as an earlier one' });
      seen.add(name);
    }
  })
  .default([]);

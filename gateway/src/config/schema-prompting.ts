import { z } from 'zod';
import { milliseconds, modelName, whole } from './fields.ts';

/** Work on prompts, by a model. */
export const prompting = z.strictObject({
  model: modelName()
    .optional()
    .describe(
      'The model that translates, generates, optimizes, evolves and classifies; absent asks callers to name one.',
    ),
  answerForm: z
    .enum(['schema', 'json', 'words'])
    .default('schema')
    .describe(
      'How the model is told the form of its answer: by its JSON Schema, as “some JSON”, or in the instructions alone.',
    ),
  temperature: z
    .number()
    .min(0)
    .max(2)
    .optional()
    .describe('Temperature of all questions but those for variations; absent leaves it to the model.'),
  answerTokensMax: z
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe('Longest answer that is asked for; absent leaves it to the model.'),
  repairsMax: whole(2, { min: 0, max: 10 }).describe(
    'How often a model is asked again whose answer doesn’t have the form, told what is wrong with it.',
  ),
  textCharactersMax: whole(100_000, { min: 1, max: 10_000_000 }).describe('Longest text or prompt.'),
  labelsMax: whole(100, { min: 1, max: 10_000 }).describe('Most labels of one classification.'),
  examplesMax: whole(50, { min: 1, max: 10_000 }).describe('Most examples of one request.'),
  iterationsMax: whole(20, { min: 1, max: 1000 }).describe('Most iterations of one optimization.'),
  generationsMax: whole(50, { min: 1, max: 1000 }).describe('Most generations of one evolution.'),
  populationMax: whole(50, { min: 2, max: 1000 }).describe('Most prompts in one generation.'),
  callsMax: whole(500, { min: 20, max: 100_000 }).describe('Most questions to models for one request.'),
  concurrencyMax: whole(4, { min: 1, max: 100 }).describe('Most questions of one request at one time.'),
  promptsMax: whole(1000, { min: 0, max: 1_000_000 }).describe('Most prompts that one owner may save.'),
  versionsMax: whole(100, { min: 1, max: 10_000 }).describe('Most versions of one saved prompt.'),
  timeoutMs: milliseconds(600_000).describe('Longest time one request may take.'),
});

import { z } from 'zod';
import { actOf } from './contract.ts';
import { rounded } from './rounded.ts';

const INSTRUCTIONS = [
  'Say which one of the "labels" of the material fits its "text" best.',
  'Give each label, written exactly as it is, a score from 0 to 1 that says how likely it is the right one; the scores add',
  'up to 1, and the label that you choose has the highest. Explain the choice in a sentence or two.',
].join('\n');

const LABEL_CHARACTERS_MAX = 500;
/** Models add up badly. */
const SUM_ERROR_MAX = 0.1;

/** Says which of some labels fits a text. */
export const classify = actOf({
  name: 'classify',
  fields: ({ textCharactersMax, labelsMax }) => ({
    text: z.string().trim().min(1).max(textCharactersMax),
    labels: z
      .array(z.string().trim().min(1).max(LABEL_CHARACTERS_MAX))
      .min(1)
      .max(labelsMax)
      .refine((labels) => new Set(labels).size === labels.length, 'must not name a label twice'),
  }),
  run: async ({ text, labels }, { work }) => {
    const { label, scores, explanation } = await work.answer({
      name: 'classification',
      instructions: INSTRUCTIONS,
      material: { text, labels },
      answer: answerFor(labels),
    });
    const sum = scores.reduce((total, { score }) => total + score, 0);
    const all = scores
      .map((entry) => ({ label: entry.label, score: rounded(entry.score / sum) }))
      .toSorted((a, b) => b.score - a.score);
    const confidence = all.find((entry) => entry.label === label)?.score ?? 0;
    return { text, input: text, label, confidence, all_labels: all, explanation };
  },
});

function answerFor(labels: readonly string[]) {
  const one = z.enum(labels as [string, ...string[]]);
  return z
    .strictObject({
      label: one,
      scores: z.array(z.strictObject({ label: one, score: z.number().min(0).max(1) })),
      explanation: z.string(),
    })
    .superRefine(({ label, scores }, context) => {
      const wrong = mistakeIn(label, scores, labels);
      if (wrong !== undefined) context.addIssue({ code: 'custom', path: ['scores'], message: wrong });
    });
}

interface Score {
  readonly label: string;
  readonly score: number;
}

function mistakeIn(label: string, scores: readonly Score[], labels: readonly string[]): string | undefined {
  const named = new Set(scores.map((entry) => entry.label));
  if (named.size < labels.length || scores.length > labels.length) return 'must hold each label exactly once';
  const sum = scores.reduce((total, { score }) => total + score, 0);
  if (Math.abs(sum - 1) > SUM_ERROR_MAX) return `must add up to 1, and add up to ${rounded(sum)}`;
  const highest = Math.max(...scores.map(({ score }) => score));
  const chosen = scores.find((entry) => entry.label === label)?.score;
  return chosen === highest ? undefined : `must be highest for the chosen label "${label}"`;
}

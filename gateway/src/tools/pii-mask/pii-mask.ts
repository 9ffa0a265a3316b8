import { z } from 'zod';
import { type Tool, toolOf } from '../contract.ts';

/** A text without private data, and how many values of each kind were in it. */
export interface MaskedText {
  readonly text: string;
  readonly counts: Readonly<Record<string, number>>;
}

/** Masks a text for good: nothing puts the values back. */
export type MaskText = (text: string) => MaskedText;

const TEXT_CHARACTERS_MAX = 100_000;

/** Shows a text as it is without its private data. */
export function piiMask(maskText: MaskText): Tool {
  return toolOf({
    name: 'pii_mask',
    description: 'Masks the private data of a text (e-mail addresses, phone numbers, cards, keys, …) and counts it.',
    parameters: z.strictObject({
      text: z.string().min(1).max(TEXT_CHARACTERS_MAX).describe('The text.'),
    }),
    mainParameter: 'text',
    run: ({ text }) => {
      const masked = maskText(text);
      const total = Object.values(masked.counts).reduce((sum, count) => sum + count, 0);
      return { result: { masked: masked.text, counts: masked.counts, total }, text: answerOf(masked) };
    },
  });
}

function answerOf({ text, counts }: MaskedText): string {
  const kinds = Object.entries(counts).map(([kind, count]) => `${kind} ${count}`);
  return `${text}\n\n${kinds.length === 0 ? 'Nothing was masked.' : `Masked: ${kinds.join(', ')}.`}`;
}

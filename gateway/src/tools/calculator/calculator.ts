import { z } from 'zod';
import { type Tool, toolOf } from '../contract.ts';
import { evaluate } from './evaluate.ts';
import { amountShown, numberText, quantityText } from './units.ts';

const EXPRESSION_CHARACTERS_MAX = 500;

/** Calculates exactly: decimals stay decimals, percentages and units are understood, and nothing in it is code. */
export function calculator(): Tool {
  return toolOf({
    name: 'calculator',
    description:
      'Calculates, exactly: + - * / ^ %, brackets, functions, percentages ("15% of 85.50") and units ("5 km in miles").',
    parameters: z.strictObject({
      expression: z
        .string()
        .min(1)
        .max(EXPRESSION_CHARACTERS_MAX)
        .describe('What to calculate, e.g. `15% of 85.50 + 25`.'),
    }),
    mainParameter: 'expression',
    run: ({ expression }) => {
      const { quantity, steps } = evaluate(expression);
      const shown = { ...quantity, isPercent: false };
      const amount = amountShown(shown);
      return {
        result: {
          value: amount.toNumber(),
          exact: numberText(amount),
          ...(quantity.unit ? { unit: quantity.unit.symbol } : {}),
          expression,
          steps,
        },
        text: quantityText(shown),
      };
    },
  });
}

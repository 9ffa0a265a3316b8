import type { TextCompression } from '../model/compressed-text.ts';
import { costOf, type ModelPrice } from '../model/price.ts';
import type { BenchPorts, BenchReport, Cell } from './contract.ts';
import type { Samples } from './samples.ts';

/** A month of requests, each with one text of a kind, and what is paid for it. */
export interface CostWish {
  readonly samples: readonly Samples[];
  /** Full names, each with its price. */
  readonly models: readonly { readonly name: string; readonly price: ModelPrice }[];
  readonly requestsPerMonth: number;
  readonly outputTokens: number;
  /** From 0 up to 1: how many requests were asked before, word for word. */
  readonly repeatedShare: number;
  readonly texts: TextCompression;
}

const NANOUSD_PER_USD = 1e9;

/** What a month costs with each model: as it is, with token saving, and with the cache besides. */
export async function benchCost(wish: CostWish, { signal, onProgress }: BenchPorts): Promise<BenchReport> {
  const rows: Cell[][] = [];
  for (const { name, price } of wish.models) {
    for (const { kind, texts } of wish.samples) {
      if (signal.aborted) return report(wish, rows, true);
      const tokens = await meanTokens(texts, name, wish.texts);
      const month = (inputTokens: number): number =>
        (costOf({ inputTokens, outputTokens: wish.outputTokens }, price) * wish.requestsPerMonth) / NANOUSD_PER_USD;
      const [plain, saving] = [month(tokens.before), month(tokens.after)];
      const both = saving * (1 - wish.repeatedShare);
      rows.push([name, kind, tokens.before, tokens.after, plain, saving, both, plain - both]);
    }
    onProgress(`${name}: done`);
  }
  return report(wish, rows, false);
}

async function meanTokens(texts: readonly string[], model: string, compression: TextCompression) {
  const bare = model.slice(model.indexOf('/') + 1);
  let [before, after] = [0, 0];
  for (const text of texts) {
    const done = await compression.compress({ text, model: bare, level: 'medium' });
    before += done.originalTokens;
    after += done.compressedTokens;
  }
  return { before: Math.round(before / texts.length), after: Math.round(after / texts.length) };
}

function report(wish: CostWish, rows: readonly (readonly Cell[])[], isCut: boolean): BenchReport {
  return {
    scenario: 'cost',
    facts: {
      'requests per month': wish.requestsPerMonth,
      'output tokens each': wish.outputTokens,
      'asked before, %': wish.repeatedShare * 100,
    },
    tables: [
      {
        title: 'Dollars per month',
        columns: [
          { name: 'model' },
          { name: 'text' },
          { name: 'input tokens', digits: 0 },
          { name: 'saved to', digits: 0 },
          { name: 'as it is, $', digits: 2 },
          { name: 'token saving, $', digits: 2 },
          { name: 'cache as well, $', digits: 2 },
          { name: 'less, $', digits: 2 },
        ],
        rows,
        chart: { names: [0, 1], value: 7 },
      },
    ],
    remarks: [
      'Prices are those of the list that comes with the gateway; what a provider’s own prompt cache takes off is not counted.',
      'The share of repeated requests is your assumption (--repeated), not a measurement.',
    ],
    isCut,
  };
}

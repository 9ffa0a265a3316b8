import type { SaveRequest } from '../model/compressed-text.ts';
import { costOf, type ModelPrice } from '../model/price.ts';
import type { ChatRequest } from '../model/request.ts';
import { breath } from './breath.ts';
import type { BenchPorts, BenchReport, Cell, Column } from './contract.ts';

/** Requests that somebody makes again and again. */
export interface Workload {
  readonly kind: string;
  readonly requests: readonly ChatRequest[];
  /** Which of them were asked before, word for word; absent where that is assumed. */
  readonly repeats?: readonly boolean[];
}

/** A month of such requests, and with which models. */
export interface CostWish {
  readonly workloads: readonly Workload[];
  /** Full names, each with its price. */
  readonly models: readonly { readonly name: string; readonly price: ModelPrice }[];
  readonly requestsPerMonth: number;
  readonly outputTokens: number;
  /** From 0 up to 1: how many requests were asked before, where nobody has counted. */
  readonly repeatedShare: number;
  readonly save: SaveRequest;
}

/** One request, counted. */
interface Counted {
  readonly before: number;
  readonly after: number;
  /** How much of it the cache answers: all, nothing, or a share that was assumed. */
  readonly cached: number;
}

const NANOUSD_PER_USD = 1e9;
const COLUMNS: readonly Column[] = [
  { name: 'model' },
  { name: 'text' },
  { name: 'input tokens', digits: 0 },
  { name: 'saved to', digits: 0 },
  { name: 'as it is, $', digits: 2 },
  { name: 'token saving, $', digits: 2 },
  { name: 'cache, $', digits: 2 },
  { name: 'both, $', digits: 2 },
  { name: 'less, %', digits: 1 },
  { name: 'verdict' },
];

/** What a month costs with each model: as it is, with token saving, with the cache, and with both. */
export async function benchCost(wish: CostWish, { signal, onProgress }: BenchPorts): Promise<BenchReport> {
  const rows: Cell[][] = [];
  for (const { name, price } of wish.models) {
    for (const workload of wish.workloads) {
      const counted = await countedRequests(workload, name, wish, signal);
      if (signal.aborted) return report(wish, rows, true);
      rows.push([name, workload.kind, ...month(counted, price, wish)]);
    }
    onProgress(`${name}: done`);
  }
  return report(wish, rows, false);
}

async function countedRequests(
  { requests, repeats }: Workload,
  model: string,
  { save, repeatedShare }: CostWish,
  signal: AbortSignal,
): Promise<readonly Counted[]> {
  const bare = model.slice(model.indexOf('/') + 1);
  const counted: Counted[] = [];
  for (const [at, request] of requests.entries()) {
    await breath();
    if (signal.aborted) break;
    const { originalTokens: before, compressedTokens: after } = await save(request, bare, 'medium');
    const cached = repeats === undefined ? repeatedShare : Number(repeats[at] === true);
    counted.push({ before, after, cached });
  }
  return counted;
}

/** The requests again and again until the month is over. */
function month(counted: readonly Counted[], price: ModelPrice, wish: CostWish): readonly Cell[] {
  const count = Math.max(1, counted.length);
  const dollars = (tokens: 'before' | 'after', hasCache: boolean): number => {
    const nanousd = counted.reduce((sum, one) => {
      const cost = costOf({ inputTokens: one[tokens], outputTokens: wish.outputTokens }, price);
      return sum + cost * (hasCache ? 1 - one.cached : 1);
    }, 0);
    return (nanousd / count / NANOUSD_PER_USD) * wish.requestsPerMonth;
  };
  const mean = (tokens: 'before' | 'after'): number =>
    Math.round(counted.reduce((sum, one) => sum + one[tokens], 0) / count);
  const [plain, both] = [dollars('before', false), dollars('after', true)];
  const less = plain === 0 ? 0 : ((plain - both) / plain) * 100;
  return [
    mean('before'),
    mean('after'),
    plain,
    dollars('after', false),
    dollars('before', true),
    both,
    less,
    verdict(counted),
  ];
}

/** Said plainly, since "both" is easily taken for the doing of both. */
function verdict(counted: readonly Counted[]): string {
  const saves = counted.some(({ before, after }) => after < before);
  const hits = counted.some(({ cached }) => cached > 0);
  if (!saves && !hits) return 'nothing saved';
  if (!saves) return 'by the cache alone';
  return hits ? 'by both' : 'by token saving alone';
}

function report(wish: CostWish, rows: readonly (readonly Cell[])[], isCut: boolean): BenchReport {
  const isCounted = wish.workloads.every(({ repeats }) => repeats !== undefined);
  const repeats = wish.workloads.flatMap((workload) => workload.repeats ?? []);
  const share = isCounted ? repeats.filter(Boolean).length / Math.max(1, repeats.length) : wish.repeatedShare;
  return {
    scenario: 'cost',
    facts: {
      'requests per month': wish.requestsPerMonth,
      'output tokens each': wish.outputTokens,
      'asked before, %': Math.round(share * 1000) / 10,
    },
    tables: [{ title: 'Dollars per month', columns: COLUMNS, rows, chart: { names: [0, 1], value: 8 } }],
    remarks: [
      'Prices are those of the list that comes with the gateway; what a provider’s own prompt cache takes off is not counted.',
      'Input tokens are those of all texts; tool definitions, pictures and what a format adds are not counted.',
      isCounted
        ? 'How many requests were asked before was counted, word for word. How long answers are is your assumption (--output-tokens).'
        : 'The share of repeated requests is your assumption (--repeated), not a measurement, and so is how long answers are.',
    ],
    isCut,
  };
}

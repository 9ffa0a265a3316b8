import type { SavingLevel, TextCompression } from '../model/compressed-text.ts';
import type { BenchPorts, BenchReport, BenchTable, Cell } from './contract.ts';
import type { Samples } from './samples.ts';

/** What is compressed, and whose tokens are counted. */
export interface CompressionWish {
  readonly samples: readonly Samples[];
  readonly model: string;
  /** Ways besides the levels, by the names of their codecs. */
  readonly codecs: readonly string[];
  readonly texts: TextCompression;
}

/** Bytes packed and written as letters. */
const PACKED = 'legacy-gzip';
const LEVELS: readonly SavingLevel[] = ['low', 'medium', 'high'];

interface Tally {
  before: number;
  after: number;
  ms: number;
  isLossless: boolean;
  tokenizer: string;
}

/** How many tokens each way to compress saves on each kind of text, what it costs, and whether it keeps every word. */
export async function benchCompression(wish: CompressionWish, ports: BenchPorts): Promise<BenchReport> {
  const ways = [...LEVELS, ...wish.codecs];
  const rows: Cell[][] = [];
  let tokenizer = '';
  // The first text waits for the tables of its tokenizer, which isn't what is measured.
  await wish.texts.compress({ text: 'warm', model: wish.model, level: 'low' });
  for (const { kind, texts } of wish.samples) {
    for (const way of ways) {
      if (ports.signal.aborted) return report(wish, rows, { tokenizer, isCut: true });
      const tally = await compressed(texts, way, wish, ports);
      tokenizer = tally.tokenizer;
      rows.push(rowOf(kind, way, tally, texts.length));
    }
    ports.onProgress(`${kind}: done`);
  }
  return report(wish, rows, { tokenizer, isCut: false });
}

async function compressed(
  texts: readonly string[],
  way: string,
  { model, texts: compression }: CompressionWish,
  { clockMs }: BenchPorts,
): Promise<Tally> {
  const tally: Tally = { before: 0, after: 0, ms: 0, isLossless: true, tokenizer: '' };
  for (const text of texts) {
    const started = clockMs();
    const level = LEVELS.find((one) => one === way);
    const done = await compression.compress(level ? { text, model, level } : { text, model, codec: way });
    tally.ms += clockMs() - started;
    tally.before += done.originalTokens;
    tally.after += done.compressedTokens;
    tally.isLossless &&= done.isLossless || done.text === text;
    tally.tokenizer = `${done.tokenizer}, ${done.isExact ? 'exact' : 'estimated'}`;
  }
  return tally;
}

function rowOf(kind: string, way: string, { before, after, ms, isLossless }: Tally, count: number): Cell[] {
  const saved = before === 0 ? 0 : ((before - after) / before) * 100;
  return [
    kind,
    way,
    before,
    after,
    saved,
    isLossless ? 'yes' : 'no',
    verdict(way, before - after, isLossless),
    ms / count,
  ];
}

/** The table is worth nothing if it only ever praises. */
function verdict(way: string, saved: number, isLossless: boolean): string {
  if (way === PACKED) return 'no model can read it';
  if (saved === 0) return 'nothing saved';
  if (saved < 0) return 'longer than before';
  return isLossless ? 'saved' : 'shorter, but words are lost';
}

function report(
  { samples, model }: CompressionWish,
  rows: readonly (readonly Cell[])[],
  { tokenizer, isCut }: { readonly tokenizer: string; readonly isCut: boolean },
): BenchReport {
  const table: BenchTable = {
    title: 'Tokens by kind of text and way to compress',
    columns: [
      { name: 'text' },
      { name: 'way' },
      { name: 'tokens before', digits: 0 },
      { name: 'after', digits: 0 },
      { name: 'saved %', digits: 1 },
      { name: 'all kept' },
      { name: 'verdict' },
      { name: 'ms each', digits: 2 },
    ],
    rows,
    chart: { names: [0, 1], value: 4 },
  };
  return {
    scenario: 'compression',
    facts: { model, tokenizer, texts: samples.reduce((sum, { texts }) => sum + texts.length, 0) },
    tables: [table],
    remarks: [
      '"low", "medium" and "high" are what the gateway does to what tools and logs write; they keep every value.',
      'Names that begin with "legacy-" are the original’s ways. They change words, and some make a text longer in tokens.',
      'Prose and code hold nothing to leave out: a gateway sends them as they are.',
    ],
    isCut,
  };
}

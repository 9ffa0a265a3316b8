import type { BenchReport, Cell, Column } from './contract.ts';
import type { Samples } from './samples.ts';
import { added, LEVEL_WAYS, type Tally } from './tally.ts';

interface Ground {
  readonly samples: readonly Samples[];
  readonly origin: string;
  readonly model: string;
  readonly ways: readonly string[];
  readonly tokenizer: string;
  readonly isCut: boolean;
}

/** Bytes packed and written as letters. */
const PACKED = 'legacy-gzip';
const COLUMNS: readonly Column[] = [
  { name: 'text' },
  { name: 'way' },
  { name: 'tokens before', digits: 0 },
  { name: 'after', digits: 0 },
  { name: 'saved %', digits: 1 },
  { name: 'comes back' },
  { name: 'verdict' },
  { name: 'ms each', digits: 2 },
];

/** What every way did to every kind of text, what it did to all of them, and in words where it does nothing or harm. */
export function compressionReport(tallies: readonly Tally[], ground: Ground): BenchReport {
  const { samples, origin, model, tokenizer, isCut } = ground;
  const totals = ground.ways.flatMap((way) => {
    const own = tallies.filter((tally) => tally.way === way);
    const [first, ...rest] = own;
    return first ? [{ ...rest.reduce(added, first), kind: 'all of them' }] : [];
  });
  return {
    scenario: 'compression',
    facts: { model, tokenizer, texts: samples.reduce((sum, { texts }) => sum + texts.length, 0), origin },
    tables: [
      {
        title: 'Tokens by kind of text and way to compress',
        columns: COLUMNS,
        rows: tallies.map(rowOf),
        chart: { names: [0, 1], value: 4 },
      },
      {
        title: 'Over all these texts',
        columns: COLUMNS,
        rows: totals.map(rowOf),
        chart: { names: [1], value: 4 },
      },
    ],
    remarks: [...totals.map((total) => sentence(total, tallies)), ...REMARKS],
    isCut,
    problem: problemOf(tallies),
  };
}

const REMARKS: readonly string[] = [
  '"low", "medium" and "high" are what the gateway does to what tools and logs write; they keep every value.',
  'Names that begin with "legacy-" are the original’s ways. They change words, and some make a text longer in tokens.',
  'Made-up texts repeat themselves more than real ones do: what your own give, --file tells.',
  'The time is that of one text with all the counting it takes. "same value": blanks between JSON values are gone.',
];

function rowOf(tally: Tally): Cell[] {
  const { kind, way, before, after, comesBack, ms, texts } = tally;
  return [kind, way, before, after, savedPercent(tally), comesBack, verdict(tally), texts === 0 ? 0 : ms / texts];
}

function savedPercent({ before, after }: Tally): number {
  return before === 0 ? 0 : ((before - after) / before) * 100;
}

const VERDICT = {
  packed: 'no model can read it',
  nothing: 'nothing saved',
  longer: 'longer than before',
  saved: 'saved',
  lost: 'shorter, but words are lost',
} as const;

/** The table is worth nothing if it only ever praises. */
function verdict({ way, before, after, comesBack }: Tally): string {
  if (way === PACKED) return VERDICT.packed;
  if (after === before) return VERDICT.nothing;
  if (after > before) return VERDICT.longer;
  return comesBack === 'no' ? VERDICT.lost : VERDICT.saved;
}

function sentence(total: Tally, tallies: readonly Tally[]): string {
  const own = tallies.filter(({ way }) => way === total.way);
  const kinds = (wanted: string): string =>
    own
      .filter((tally) => verdict(tally) === wanted)
      .map(({ kind }) => kind)
      .join(', ');
  const percent = savedPercent(total);
  const words = percent < 0 ? `${(-percent).toFixed(1)} % more tokens` : `${percent.toFixed(1)} % fewer tokens`;
  const parts = [
    `${total.way}: ${words}; ${verdict(total)}.`,
    ...(own.length > 1 && kinds(VERDICT.nothing) !== '' ? [`Nothing saved on ${kinds(VERDICT.nothing)}.`] : []),
    ...(own.length > 1 && kinds(VERDICT.longer) !== '' ? [`Longer: ${kinds(VERDICT.longer)}.`] : []),
  ];
  return parts.join(' ');
}

/** Our levels promise to lose nothing and to make nothing longer. */
function problemOf(tallies: readonly Tally[]): string | undefined {
  const levels: readonly string[] = LEVEL_WAYS;
  const broken = tallies.find(
    ({ way, comesBack, before, after }) => levels.includes(way) && (comesBack === 'no' || after > before),
  );
  return broken && `"${broken.way}" should lose nothing and make nothing longer, but did on ${broken.kind}.`;
}

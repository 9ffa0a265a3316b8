import { LOG_KINDS, logOf } from './corpus/logs.ts';
import { code, prose } from './corpus/prose-and-code.ts';
import { type Seeded, seeded } from './corpus/seeded.ts';
import { TOOL_KINDS, toolJson } from './corpus/tool-json.ts';

/** Texts of one kind, as they stand in conversations. */
export interface Samples {
  readonly kind: string;
  readonly texts: readonly string[];
}

const ROWS = { least: 20, more: 60 };
const LINES = { least: 60, more: 120 };
const SENTENCES = { least: 10, more: 30 };
const FUNCTIONS = { least: 5, more: 12 };

/** Texts of every kind, the same for the same seed; `count` of each. */
export function samplesOf(seed: number, count: number): readonly Samples[] {
  const chance = seeded(seed);
  const length = ({ least, more }: typeof ROWS): number => least + chance.below(more);
  const made = (kind: string, make: (chance: Seeded) => string): Samples => ({
    kind,
    texts: Array.from({ length: count }, () => make(chance)),
  });
  return [
    ...Object.entries(TOOL_KINDS).map(([name, kind]) =>
      made(`tool: ${name}`, () => toolJson(kind, chance, length(ROWS))),
    ),
    ...Object.entries(LOG_KINDS).map(([name, kind]) => made(`log: ${name}`, () => logOf(kind, chance, length(LINES)))),
    made('prose', () => prose(chance, length(SENTENCES))),
    made('code', () => code(chance, length(FUNCTIONS))),
  ];
}

import * as acts from '../../test/scripted-provider/acts.ts';
import { type Behaviour, behave } from '../../test/scripted-provider/behaviour.ts';
import type { Script } from '../../test/scripted-provider/script.ts';
import { seeded } from '../../test/faults/until.ts';

/** What every answer says that nothing happened to. */
const WORDS = 8;

/** The last word of an answer; one that is whole has it. */
export const LAST_WORD = `word${WORDS}`;

const fine = (...more: readonly Behaviour[]): Behaviour => behave(acts.words(WORDS), ...more);

/** What providers do on a bad day. Whoever can't do it in a plain answer answers well there. */
export const SOAK_FAULTS: Readonly<Record<string, Behaviour>> = {
  refuse: acts.cutByReset('headers'),
  silent: acts.silent(),
  'silent-start': fine(acts.silentAfterStart()),
  stall: fine(acts.stall({ event: 5 })),
  'stall-byte': fine(acts.stall({ byte: 40 })),
  'cut-rst': fine(acts.cutByReset({ event: 5 })),
  'cut-fin': fine(acts.cutByClose({ event: 5 })),
  'cut-eof': fine(acts.cutCleanly({ event: 5 })),
  'cut-rst-byte': fine(acts.cutByReset({ byte: 20 })),
  'cut-fin-byte': fine(acts.cutByClose({ byte: 20 })),
  'status-429': acts.status(429),
  'status-500': acts.status(500),
  'status-503': acts.status(503),
  html: acts.html(503),
  'wrong-type': fine(acts.contentType('image/png')),
  empty: acts.empty(),
  malformed: fine(acts.malformed()),
  'null-choices': acts.nullChoices(),
  short: fine(acts.shortBody(10), acts.cutByClose({ event: 5 })),
  'error-first': fine(acts.errorFrame(2)),
  'error-later': fine(acts.errorFrame(6)),
  oversize: fine(acts.oversizeFrame(9_000_000)),
  'bad-gzip': fine(acts.gzip('bad')),
  redirect: acts.redirect(),
  'double-length': fine(acts.doubleLength()),
  'broken-header': fine(acts.brokenHeader()),
};

/** Each fault with this chance, well otherwise; the same ones for the same seed. Counts them. */
export function badDay(chance: () => number, seed: number, counts: Map<string, number>): Script {
  const random = seeded(seed);
  const names = Object.keys(SOAK_FAULTS);
  return () => {
    const share = chance();
    const at = share === 0 ? names.length : Math.floor(random() / share);
    const name = names[at] ?? 'well';
    counts.set(name, (counts.get(name) ?? 0) + 1);
    return SOAK_FAULTS[name] ?? fine();
  };
}

import type { Dialect } from '../../../src/dialects/contract.ts';
import { dialects } from '../../../src/dialects/index.ts';
import { REPLY_FEATURES, type ReplyFeature } from './reply-features.ts';
import { REQUEST_FEATURES } from './request-features.ts';
import { errorVerdicts, replyVerdict, requestVerdict } from './verdicts.ts';

const ALL: readonly Dialect[] = Object.values(dialects);

/** The lines of the page that says what every wire makes of everything; each cell comes from trying it. */
export function fidelityLines(): readonly string[] {
  return [
    'Every program may ask every model: what is asked for is read from the caller’s wire and written in the provider’s, and',
    'the answer goes the other way. Each cell below was found by writing an example of it in that wire, and reading what was',
    'written. A caller who speaks the wire of the provider has its own bytes passed on, so nothing is lost there.',
    '',
    '## What is asked, by the wire of the provider',
    '',
    '- **kept**: the wire says the same.',
    '- **translated**: the wire says it in another way, or in part.',
    '- **noticed**: it is left out, and `x-synthlang-warning` says so; the answer doesn’t depend on it.',
    '- **refused**: a 400 names it; with [`drop_params`](../operate/configure.md#retries-and-fallbacks) what is a parameter is',
    '  left out with a notice.',
    '- **not said**: what it asks for is so anyway, or the path says it.',
    '',
    ...REQUEST_FEATURES.flatMap(({ title, features }) =>
      section(title, features, (feature) => ALL.map((dialect) => requestVerdict(dialect, feature))),
    ),
    '## What is answered, by the wire of the caller',
    '',
    'Where streams differ from whole replies, both are said. What a wire has no word for is left out.',
    '',
    ...REPLY_FEATURES.flatMap(({ title, features }) =>
      section(title, features, (feature) => ALL.map((dialect) => bothForms(dialect, feature))),
    ),
    ...errors(),
  ];
}

function section<Feature extends { readonly name: string }>(
  title: string,
  features: readonly Feature[],
  cells: (feature: Feature) => readonly string[],
): readonly string[] {
  const head = [title, ...ALL.map(({ id }) => `\`${id}\``)];
  return [
    `### ${title}`,
    '',
    ...rows(
      head,
      features.map((feature) => [feature.name, ...cells(feature)]),
    ),
    '',
  ];
}

function bothForms(dialect: Dialect, feature: ReplyFeature): string {
  const whole = replyVerdict(dialect, 'json', feature);
  const streamed = replyVerdict(dialect, dialect.streamForm, feature);
  return whole === streamed ? whole : `${whole}; streamed: ${streamed}`;
}

function errors(): readonly string[] {
  const verdicts = ALL.map(errorVerdicts);
  const lines = [
    ['before a reply', ...verdicts.map(([before]) => before)],
    ['inside a stream', ...verdicts.map(([, inside]) => inside)],
  ];
  return ['### Errors', '', ...rows(['Errors', ...ALL.map(({ id }) => `\`${id}\``)], lines)];
}

function rows(head: readonly string[], body: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...body.map(line)];
}

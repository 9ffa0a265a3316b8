import { PROVIDER_IDS } from './provider-ids.ts';
import { filesUnder, isTest, programFiles, type SourceFile, withoutComments } from './sources.ts';

/** One thing that no linter knows. `bad` is a file that it must catch, so that the rule is known to work. */
export interface TidyRule {
  readonly name: string;
  /** What to do instead. */
  readonly instead: string;
  readonly files: () => readonly SourceFile[];
  /** Where a file breaks the rule, in words; empty when it doesn't. */
  readonly broken: (file: SourceFile) => readonly string[];
  readonly bad: SourceFile;
  readonly good: SourceFile;
  /** Files that may break it, each with its reason. The list may only shrink. */
  readonly except?: Readonly<Record<string, string>>;
}

const OWN_RULES = 'gateway/test/rules/';
const code = (): readonly SourceFile[] =>
  ['gateway/src', 'gateway/test', 'gateway/bench', 'scripts']
    .flatMap((folder) => filesUnder(folder, ['.ts', '.mjs']))
    .filter(({ path }) => !path.startsWith(OWN_RULES) && !path.endsWith('tidy.test.ts'));
const texts = (): readonly SourceFile[] => [
  ...code(),
  ...['docs', '.ci', 'gateway/fixtures'].flatMap((folder) => filesUnder(folder, [''])),
  ...filesUnder('.', ['.md', '.yaml', '.yml']).filter(({ path }) => !path.startsWith('docs/')),
];
const outsideProviders = (): readonly SourceFile[] =>
  programFiles().filter(({ path }) => !path.startsWith('gateway/src/providers/'));
const tests = (): readonly SourceFile[] => code().filter(isTest);

const LENGTH_MAX = 300;
const TEST_LENGTH_MAX = 400;
const BANNED_NAMES = 'utils? helpers? common misc manager service handler base impl data info shared lib stuff'.split(
  ' ',
);

const inSource = (path: string, text: string): SourceFile => ({ path: `gateway/src/${path}`, text });

/** Lines of the code, comments blanked, that match. */
function lines(file: SourceFile, pattern: RegExp): readonly string[] {
  const found = withoutComments(file.text).split('\n');
  return found.flatMap((line, at) =>
    pattern.test(line) ? [`${file.path}:${at + 1}: ${line.trim().slice(0, 100)}`] : [],
  );
}

/** Lines of the whole text, comments and all, that match. */
function anyLines(file: SourceFile, pattern: RegExp): readonly string[] {
  const found = file.text.split('\n');
  return found.flatMap((line, at) =>
    pattern.test(line) ? [`${file.path}:${at + 1}: ${line.trim().slice(0, 100)}`] : [],
  );
}

/** An id as a whole text, or in front of a model's name. One id is the product's own name as well. */
const PROVIDER_LITERAL = new RegExp(
  `(['"\`])((${PROVIDER_IDS.join('|')})/|(${PROVIDER_IDS.filter((id) => id !== 'synthlang').join('|')})\\1)`,
);

const providerId: TidyRule = {
  name: 'a provider is named only in its own file',
  instead: 'Give the provider a field in providers/contract.ts and read that.',
  files: outsideProviders,
  broken: (file) => lines(file, PROVIDER_LITERAL),
  bad: inSource('routing/plan.ts', `if (provider.id === '${PROVIDER_IDS[0]}') retry();`),
  good: inSource('routing/plan.ts', "const dialect = 'openai-chat'; // 'openai' speaks it"),
  except: { 'gateway/src/serve.ts': 'The curl it prints names the one model that always answers.' },
};

const clock: TidyRule = {
  name: 'clock, random and ids are passed in',
  instead: 'Take `now: () => number` (or the like) as a parameter; compose.ts hands in the real one.',
  files: () => programFiles().filter(({ path }) => !/^gateway\/src\/(compose|main)\.ts$/.test(path)),
  broken: (file) => lines(file, /\b(Date\.now|Math\.random|performance\.now|randomUUID)\(|\bnew Date\(\)/),
  bad: inSource('routing/health.ts', 'const since = Date.now();'),
  good: inSource('routing/health.ts', 'const since = now(); const at = new Date(since);'),
};

const alone: TidyRule = {
  name: 'no test runs alone, and none is waiting to be written',
  instead: 'Remove .only; write the test that .todo announces, or open an issue for it.',
  files: tests,
  broken: (file) => lines(file, /\b(test|it|describe|suite|bench)\.(only|todo)\b/),
  bad: { path: 'gateway/test/x.test.ts', text: "test.only('x', () => {});" },
  good: { path: 'gateway/test/x.test.ts', text: "test.each([])('only', () => {});" },
};

const leftUndone: TidyRule = {
  name: 'what is left to do is in an issue',
  instead: 'Do it, or open an issue and write its number: TODO(#12).',
  files: code,
  broken: (file) => anyLines(file, /\b(TODO|FIXME|XXX|HACK)\b(?!\(#\d+\))/),
  bad: inSource('model/turn.ts', '// TODO: later'),
  good: inSource('model/turn.ts', '// TODO(#12): later'),
};

const fileLength: TidyRule = {
  name: `a file has at most ${LENGTH_MAX} lines, a test ${TEST_LENGTH_MAX}`,
  instead: 'Split it by concept; CONTRIBUTING.md says how a dialect is split.',
  files: code,
  broken: (file) => {
    const count = file.text.split('\n').length - 1;
    const max = isTest(file) ? TEST_LENGTH_MAX : LENGTH_MAX;
    return count > max ? [`${file.path}: ${count} lines`] : [];
  },
  bad: inSource('model/turn.ts', '\n'.repeat(LENGTH_MAX + 1)),
  good: inSource('model/turn.test.ts', '\n'.repeat(TEST_LENGTH_MAX)),
};

const ownMachine: TidyRule = {
  name: 'nothing names a path or a host of one machine',
  instead: 'Make the path from import.meta.url, from a flag, or from the temporary folder the system names.',
  files: texts,
  broken: (file) =>
    anyLines(file, /(^|[\s'"`(=])\/(work|home|Users|root|private)\/\w|registry\.npmjs|\b(npm|apt)-?(proxy|mirror)\b/),
  bad: inSource('config/load.ts', "const file = '/home/ada/synthlang.yaml';"),
  good: inSource('config/load.ts', "const file = '/v1/chat/completions'; const home = './data';"),
};

const names: TidyRule = {
  name: 'a file is named for what it holds',
  instead: 'Name it for its main export, in whole words and kebab-case; a drawer for everything has no name.',
  files: code,
  broken: ({ path }) => {
    const parts = path.split('/').slice(1);
    const plain = parts.map((part) => part.replace(/(\.(test|suite|bench))?\.(ts|mjs)$/, ''));
    const banned = plain.filter((part) => new RegExp(`(^|-)(${BANNED_NAMES.join('|')})$`).test(part));
    const shouted = plain.filter((part) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(part));
    return [...banned, ...shouted].map((part) => `${path}: ${part}`);
  },
  bad: inSource('routing/plan-utils.ts', ''),
  good: inSource('routing/base-url.ts', ''),
};

const documented: TidyRule = {
  name: 'every export says what it is for',
  instead: 'Put one plain sentence in /** … */ above it.',
  files: () => [...programFiles(), ...filesUnder('gateway/bench', ['.ts'])],
  broken: (file) => {
    const all = file.text.split('\n');
    return all.flatMap((line, at) => {
      if (!/^export (async )?(abstract )?(function|const|class|interface|type (?!\{))/.test(line)) return [];
      return all[at - 1]?.trimEnd().endsWith('*/') ? [] : [`${file.path}:${at + 1}: ${line.slice(0, 80)}`];
    });
  },
  bad: inSource('model/turn.ts', 'export interface Turn {}'),
  good: inSource(
    'model/turn.ts',
    "/** Everything about a call. */\nexport interface Turn {}\nexport type { X } from './x.ts';",
  ),
};

const excused: TidyRule = {
  name: 'an exception to a lint rule carries its reason',
  instead: 'Write `-- why` behind it, in the same comment.',
  files: code,
  broken: (file) =>
    anyLines(
      file,
      /(eslint|oxlint)-disable(?!.* -- \w)|biome-ignore(?!.*: \w)|@ts-(ignore|nocheck)|@ts-expect-error\s*($|\*)/,
    ),
  bad: inSource('model/turn.ts', '// oxlint-disable-next-line max-lines'),
  good: inSource('model/turn.ts', '// oxlint-disable-next-line max-depth -- the grammar is nested'),
};

const leftBehind: TidyRule = {
  name: 'tests make temporary folders in one way, which removes them',
  instead: 'Take `temporaryFolder` of gateway/test/temporary-folder.ts.',
  files: () => code().filter(({ path }) => !path.startsWith('gateway/bench/')),
  broken: (file) => lines(file, /\bmkdtemp(Sync)?\b/),
  bad: inSource('serve.test.ts', "const folder = mkdtempSync(join(tmpdir(), 'x-'));"),
  good: inSource('serve.test.ts', "const folder = temporaryFolder('x'); // not mkdtempSync"),
  except: {
    'gateway/test/temporary-folder.ts': 'It is the way.',
    'gateway/src/cli/bench-scene.ts': 'It is no test, and removes its own.',
  },
};

/** What the tidy test checks, beside the shelves. */
export const TIDY_RULES: readonly TidyRule[] = [
  providerId,
  clock,
  alone,
  leftUndone,
  fileLength,
  ownMachine,
  names,
  documented,
  excused,
  leftBehind,
];

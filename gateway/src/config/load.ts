import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { located, type Place, problemsOf } from './check.ts';
import { Draft, type Origin } from './draft.ts';
import { layEnvironment, unsupportedNames } from './environment.ts';
import { type Environment, meaningOf } from './environment-names.ts';
import { fromLitellm, isLitellm } from './from-litellm.ts';
import { type KeywordsFile, readKeywordsFile } from './keywords-file.ts';
import { isTree, pathText, type SettingPath } from './path.ts';
import { ConfigError, type ConfigProblem } from './problem.ts';
import { resolveReferences } from './references.ts';
import { Config } from './schema.ts';
import { ownSettings } from './settings.ts';
import { type Position, readYaml } from './yaml-source.ts';

/** Values from the command line by setting, e.g. `{ 'server.port': 9000 }`. Texts are read as the environment's are. */
export type Flags = Readonly<Record<string, string | number | boolean | undefined>>;

/** Where a configuration is to be read from; later ones win. */
export interface ConfigInput {
  readonly file?: string | undefined;
  readonly env: Environment;
  readonly flags?: Flags | undefined;
  /** What the file's name is relative to; the working directory unless given. */
  readonly folder?: string | undefined;
}

/** A configuration, ready to be used. */
export interface LoadedConfig {
  /** Complete, checked and frozen. */
  readonly config: Config;
  /** What was asked for and does nothing here; to be shown at the start. */
  readonly unsupported: readonly string[];
  /** The environment, with what a LiteLLM file sets in it. Providers' own key names are looked up here. */
  readonly environment: Environment;
  readonly format: 'none' | 'synthlang' | 'litellm';
  /** What the file of `keywords.file` says; `withKeywordsFile` reads it. */
  readonly keywords: KeywordsFile | undefined;
  /** Where the parts of a setting come from: a line of the file, a name of the environment, or `default`. */
  readonly originsOf: (path: SettingPath) => readonly string[];
}

/** Reads the configuration: defaults, then the file, then the environment, then flags. Throws a `ConfigError`. */
export function loadConfig({ file, folder = '.', env, flags = {} }: ConfigInput): LoadedConfig {
  return withKeywordsFile(
    loadText({ file, text: file === undefined ? undefined : configText(file, folder), env, flags }),
    folder,
  );
}

/** Adds what the file of `keywords.file` says. Throws a `ConfigError`. */
export function withKeywordsFile(loaded: LoadedConfig, folder = '.'): LoadedConfig {
  const { file } = loaded.config.keywords;
  return file === undefined ? loaded : { ...loaded, keywords: readKeywordsFile(file, folder) };
}

/** The same for a text that is already at hand. No other file is read. */
export function loadText({ file, text, env, flags = {} }: ConfigInput & { text: string | undefined }): LoadedConfig {
  const source = text === undefined ? NO_SOURCE : readSource(text, file ?? 'config');
  const { draft, format, positionOf } = source;
  const environment = { ...env, ...source.environment };
  const problems = [...layEnvironment(draft, environment), ...layFlags(draft, flags)];

  const place: Place = { draft, file, positionOf };
  const { tree, broken } = resolveReferences(draft.tree, environment);
  problems.push(...broken.map((reference) => located({ ...reference, what: 'value' }, place)));
  const checked = Config.safeParse(tree);
  if (!checked.success) {
    const alreadySaid = new Set(problems.map(({ path }) => path));
    problems.push(...problemsOf(checked.error.issues, tree, place).filter(({ path }) => !alreadySaid.has(path)));
  }
  if (!checked.success || problems.length > 0) throw new ConfigError(problems.toSorted(byPlace));
  return {
    config: frozen(checked.data),
    unsupported: [...source.unsupported, ...unsupportedNames(environment)],
    environment,
    format,
    keywords: undefined,
    originsOf: (path) => originTexts(draft.originsWithin(path), place),
  };
}

function originTexts(origins: readonly Origin[], { file, positionOf }: Place): readonly string[] {
  const texts = origins.map((origin) => {
    if (origin.kind === 'environment') return origin.name;
    return origin.kind === 'flag' ? 'command line' : [file, positionOf(origin.at)?.line].join(':');
  });
  return texts.length === 0 ? ['default'] : [...new Set(texts)];
}

interface Source {
  readonly draft: Draft;
  readonly format: LoadedConfig['format'];
  readonly unsupported: readonly string[];
  readonly environment: Environment;
  readonly positionOf: (path: SettingPath, what?: 'key' | 'value') => Position | undefined;
}

const NO_SOURCE = {
  get draft() {
    return new Draft();
  },
  format: 'none',
  unsupported: [],
  environment: {},
  positionOf: () => undefined,
} as const satisfies Source;

/** The text of a config file; a file that can't be read is a `ConfigError` as well. */
export function configText(file: string, folder = '.'): string {
  try {
    return readFileSync(resolve(folder, file), 'utf8');
  } catch (thrown) {
    const reason = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown reason';
    throw new ConfigError([{ path: '', file, message: `can’t be read (${reason})` }]);
  }
}

function readSource(text: string, file: string): Source {
  const ours = readYaml(text, { file });
  if (isLitellm(ours.tree)) {
    const theirs = readYaml(text, { file, version: '1.1' });
    return { ...fromLitellm(theirs.tree), format: 'litellm', positionOf: theirs.positionOf };
  }
  const draft = new Draft();
  draft.trace([], { kind: 'file', at: [] });
  for (const [key, value] of Object.entries(ours.tree)) {
    if (value !== null) draft.set([key], withoutEmpty(value), { kind: 'file', at: [key] });
  }
  return { draft, format: 'synthlang', unsupported: [], environment: {}, positionOf: ours.positionOf };
}

/** A copy without the keys that nothing is written after; they mean the same as leaving the key out. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (!isTree(value)) return value;
  const filled = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(filled.map(([key, item]) => [key, withoutEmpty(item)]));
}

function layFlags(draft: Draft, flags: Flags): ConfigProblem[] {
  const known = new Map(ownSettings().map((setting) => [pathText(setting.path), setting]));
  return Object.entries(flags).flatMap(([name, value]) => {
    const setting = known.get(name);
    if (setting === undefined) return [{ path: name, message: `${name} is not a setting` }];
    if (value === undefined) return [];
    const meaning = typeof value === 'string' ? meaningOf(value, setting.core) : { value };
    if ('wrong' in meaning) return [{ path: name, message: `${name} ${meaning.wrong}` }];
    draft.set(setting.path, meaning.value, { kind: 'flag' });
    return [];
  });
}

function byPlace(a: ConfigProblem, b: ConfigProblem): number {
  return (a.line ?? Infinity) - (b.line ?? Infinity) || (a.column ?? 0) - (b.column ?? 0) || 0;
}

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}

import type { Draft } from './draft.ts';
import {
  type Environment,
  environmentName,
  type Meaning,
  meaningOf,
  PREFIX,
  settingOf,
  truthOf,
} from './environment-names.ts';
import { given, KNOWN_NAMES, type KnownName, UNSUPPORTED_NAMES } from './known-names.ts';
import { nearest } from './nearest.ts';
import { isTree, pathText } from './path.ts';
import type { ConfigProblem } from './problem.ts';
import { ownSettings, type Schema } from './settings.ts';

/** Writes what the environment says over the draft, and returns what is wrong with it. */
export function layEnvironment(draft: Draft, env: Environment): ConfigProblem[] {
  return [...layKnownNames(draft, env), ...layLists(draft, env), ...layOwnNames(draft, env)];
}

/** One note for each name that is set, but does nothing here. Saying no to a missing feature is no reason for a note. */
export function unsupportedNames(env: Environment): string[] {
  return UNSUPPORTED_NAMES.flatMap(({ name, consequence }) => {
    const text = given(env, name);
    if (text === undefined) return [];
    const truth = truthOf(text);
    const refused = 'value' in truth && !truth.value;
    return refused ? [] : [`${name} is set, but does nothing here: ${consequence}`];
  });
}

interface Said {
  readonly name: string;
  readonly value: unknown;
}

function layKnownNames(draft: Draft, env: Environment): ConfigProblem[] {
  const schemas = schemasByName();
  const problems: ConfigProblem[] = [];
  const said = new Map<string, Said>();
  for (const known of KNOWN_NAMES) {
    const text = given(env, known.name);
    if (text === undefined) continue;
    const path = pathText(known.setting);
    const meaning = meaningFor(known, text, schemas.get(environmentName(known.setting)));
    if ('wrong' in meaning) {
      problems.push({ path, message: `${known.name}: ${path} ${meaning.wrong}` });
      continue;
    }
    if (meaning.value === undefined) continue;
    const earlier = said.get(path);
    if (earlier !== undefined && earlier.value !== meaning.value && known.wins !== true) {
      problems.push({ path, message: `${earlier.name} and ${known.name} contradict each other about ${path}` });
    }
    said.set(path, { name: known.name, value: meaning.value });
    draft.set(known.setting, meaning.value, { kind: 'environment', name: known.name });
  }
  return problems;
}

function meaningFor({ read }: KnownName, text: string, schema: Schema | undefined): Meaning {
  if (read !== undefined) return read(text);
  return schema === undefined ? { value: text } : meaningOf(text, schema);
}

function layLists(draft: Draft, env: Environment): ConfigProblem[] {
  const key = given(env, 'API_KEY');
  if (key !== undefined) {
    draft.add(['access', 'apiKeys'], { id: 'env', key, role: 'basic' }, { kind: 'environment', name: 'API_KEY' });
  }
  return layLangfuse(draft, env);
}

/** The names complete a Langfuse callback that the file has; only without one do they make one. */
function layLangfuse(draft: Draft, env: Environment): ConfigProblem[] {
  const said = {
    publicKey: given(env, 'LANGFUSE_PUBLIC_KEY'),
    secretKey: given(env, 'LANGFUSE_SECRET_KEY'),
    host: given(env, 'LANGFUSE_HOST') ?? given(env, 'LANGFUSE_BASE_URL') ?? given(env, 'LANGFUSE_BASEURL'),
  };
  const fields = Object.entries(said).filter(([, text]) => text !== undefined);
  const callbacks = draft.get(['callbacks']) ?? [];
  if (!Array.isArray(callbacks)) return [];
  const ours = callbacks.flatMap((callback: unknown, index) =>
    isTree(callback) && callback['kind'] === 'langfuse' ? [{ callback, index }] : [],
  );
  for (const { callback, index } of ours) {
    for (const [field, text] of fields) {
      if (callback[field] !== undefined) continue;
      draft.set(['callbacks', index, field], text, { kind: 'environment', name: langfuseName(field) });
    }
  }
  if (ours.length > 0 || (said.publicKey === undefined && said.secretKey === undefined)) return [];
  if (said.publicKey === undefined || said.secretKey === undefined) {
    const [there, missing] =
      said.publicKey === undefined
        ? ['LANGFUSE_SECRET_KEY', 'LANGFUSE_PUBLIC_KEY']
        : ['LANGFUSE_PUBLIC_KEY', 'LANGFUSE_SECRET_KEY'];
    return [{ path: 'callbacks', message: `${there} is set, but ${missing} is not` }];
  }
  const callback = { kind: 'langfuse', ...Object.fromEntries(fields) };
  draft.add(['callbacks'], callback, { kind: 'environment', name: 'LANGFUSE_PUBLIC_KEY' });
  for (const [field] of fields) {
    draft.trace(['callbacks', callbacks.length, field], { kind: 'environment', name: langfuseName(field) });
  }
  return [];
}

const langfuseName = (field: string): string =>
  ({ publicKey: 'LANGFUSE_PUBLIC_KEY', secretKey: 'LANGFUSE_SECRET_KEY' })[field] ?? 'LANGFUSE_HOST';

function layOwnNames(draft: Draft, env: Environment): ConfigProblem[] {
  const schemas = schemasByName();
  const problems: ConfigProblem[] = [];
  for (const name of Object.keys(env)
    .filter((each) => each.startsWith(PREFIX))
    .toSorted()) {
    const schema = schemas.get(name);
    if (schema === undefined) {
      const suggestion = nearest(name, [...schemas.keys()]);
      problems.push({ path: name, message: `${name} names no setting`, suggestion });
      continue;
    }
    const text = given(env, name);
    if (text === undefined) continue;
    const path = settingOf(name);
    const meaning = meaningOf(text, schema);
    if ('wrong' in meaning)
      problems.push({ path: pathText(path), message: `${name}: ${pathText(path)} ${meaning.wrong}` });
    else draft.set(path, meaning.value, { kind: 'environment', name });
  }
  return problems;
}

function schemasByName(): ReadonlyMap<string, Schema> {
  return new Map(ownSettings().map(({ path, core }) => [environmentName(path), core]));
}

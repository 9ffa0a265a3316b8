import type { z } from 'zod';
import type { Draft } from './draft.ts';
import { nearest } from './nearest.ts';
import { pathText, type SettingPath, valueAt } from './path.ts';
import type { ConfigProblem } from './problem.ts';
import { Config } from './schema.ts';
import { namesOf, ownSettings, schemaAt } from './settings.ts';
import type { Position } from './yaml-source.ts';

/** What is needed to say where a mistake stands. */
export interface Place {
  readonly draft: Draft;
  readonly file: string | undefined;
  readonly positionOf: (path: SettingPath, what?: 'key' | 'value') => Position | undefined;
}

/** Turns everything the schema has against a configuration into sentences with a place. */
export function problemsOf(issues: readonly z.core.$ZodIssue[], root: unknown, place: Place): ConfigProblem[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => unknownSetting([...issue.path.map(part), key], root, place));
    }
    const path = issue.path.map(part);
    const message = `${pathText(path)} ${complaint(issue, valueAt(root, path) !== undefined)}`;
    return [located({ path, message, suggestion: meantValue(issue, valueAt(root, path)), what: 'value' }, place)];
  });
}

const part = (key: PropertyKey): string | number => (typeof key === 'number' ? key : String(key));

interface Complaint {
  readonly path: SettingPath;
  readonly message: string;
  readonly suggestion?: string | undefined;
  readonly what: 'key' | 'value';
}

/** Puts a complaint in its place: a line of the file, or the name of the variable. */
export function located({ path, message, suggestion, what }: Complaint, place: Place): ConfigProblem {
  const origin = place.draft.originOf(path);
  const about = { path: pathText(path), suggestion };
  if (origin?.kind === 'environment') return { ...about, message: `${origin.name}: ${message}` };
  if (origin?.kind !== 'file') return { ...about, message };
  return { ...about, message, file: place.file, ...place.positionOf(origin.at, what) };
}

function unknownSetting(path: SettingPath, root: unknown, place: Place): ConfigProblem {
  const parent = path.slice(0, -1);
  const schema = parent.length === 0 ? Config : schemaAt(parent, root);
  const name = String(path.at(-1));
  const siblings = schema === undefined ? [] : namesOf(schema, valueAt(root, parent));
  const suggestion = nearest(name, siblings) ?? elsewhere(name);
  return located({ path, message: `${pathText(path)} is not a setting`, suggestion, what: 'key' }, place);
}

/** A right name in the wrong place. */
function elsewhere(name: string): string | undefined {
  const paths = ownSettings().map(({ path }) => path);
  const last = nearest(
    name,
    paths.map((path) => path.at(-1) ?? ''),
  );
  const found = paths.filter((path) => path.at(-1) === last);
  return found.length === 1 && found[0] !== undefined ? pathText(found[0]) : undefined;
}

function meantValue(issue: z.core.$ZodIssue, value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (issue.code === 'invalid_value') return nearest(value, issue.values.map(String));
  return issue.code === 'invalid_union' ? nearest(value, kindsOf(issue)) : undefined;
}

/** Says what is wrong without repeating the value, which may be secret. */
function complaint(issue: z.core.$ZodIssue, there: boolean): string {
  switch (issue.code) {
    case 'invalid_type':
      return there ? `must be ${NOUNS[issue.expected] ?? issue.expected}` : 'is missing';
    case 'too_small':
      return `must ${bound(issue.origin, 'at least', issue.minimum)}`;
    case 'too_big':
      return `must ${bound(issue.origin, 'at most', issue.maximum)}`;
    case 'invalid_value':
      return `must be ${list(issue.values.map(String))}`;
    case 'invalid_union':
      return there ? `must be ${list(kindsOf(issue))}` : 'is missing';
    case 'invalid_key':
      return issue.issues[0]?.message ?? 'has a name that is not allowed';
    default:
      return issue.message;
  }
}

const NOUNS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};

function bound(origin: string, words: string, limit: number | bigint): string {
  if (origin === 'string') return `have ${words} ${limit} characters`;
  if (origin === 'array') return `have ${words} ${limit} entries`;
  return `be ${words} ${limit}`;
}

/** The kinds a union knows; `options` is what this library calls them, though not in its types. */
function kindsOf(issue: z.core.$ZodIssueInvalidUnion): string[] {
  const options: unknown = Reflect.get(issue, 'options');
  return Array.isArray(options) ? options.map(String) : [];
}

const list = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;

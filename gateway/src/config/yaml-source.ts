import { type Document, isAlias, isMap, isNode, isPair, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import { isTree, type SettingPath, type Tree } from './path.ts';
import { ConfigError, type ConfigProblem } from './problem.ts';

const FILE_BYTES_MAX = 4_194_304;
const ALIASES_MAX = 100;

/** A line and a column, both counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A config file's text, read, with a way back from each value to its place in the text. */
export interface YamlSource {
  readonly tree: Tree;
  /** Where a value, or with `key` its key, stands; of a value that isn't there, where its nearest parent stands. */
  readonly positionOf: (path: SettingPath, what?: 'key' | 'value') => Position | undefined;
}

/** Reads YAML (or JSON, which is YAML too). Version 1.1, where `yes` is true, is what LiteLLM's files are written in. */
export function readYaml(
  text: string,
  { file, version = '1.2' }: { file: string; version?: '1.1' | '1.2' },
): YamlSource {
  const lines = new LineCounter();
  const positionAt = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const fail = (problems: readonly Failure[]): never => {
    throw new ConfigError(
      problems.map(({ message, offset }): ConfigProblem => {
        return { path: '', message, file, ...(offset === undefined ? {} : positionAt(offset)) };
      }),
    );
  };

  if (Buffer.byteLength(text) > FILE_BYTES_MAX) fail([{ message: `is longer than ${FILE_BYTES_MAX} bytes` }]);
  const document = parsed(text, { lines, version, fail });
  const failures = [...syntaxFailures(document), ...aliasFailures(document)];
  if (failures.length > 0) fail(failures);

  const tree = converted(document, fail);
  if (!isTree(tree)) return fail([{ message: 'must hold settings, as `name: value` lines', offset: 0 }]);
  return {
    tree,
    positionOf: (path, what = 'value') => {
      const offset = offsetOf(document, path, what);
      return offset === undefined ? undefined : positionAt(offset);
    },
  };
}

interface Failure {
  readonly message: string;
  readonly offset?: number | undefined;
}

type Fail = (problems: readonly Failure[]) => never;

function parsed(text: string, { lines, version, fail }: { lines: LineCounter; version: '1.1' | '1.2'; fail: Fail }) {
  try {
    return parseDocument(text, { lineCounter: lines, prettyErrors: false, version, merge: true, uniqueKeys: true });
  } catch (thrown) {
    return fail([{ message: `can’t be read as YAML: ${thrown instanceof Error ? thrown.message : 'unknown reason'}` }]);
  }
}

function converted(document: Document, fail: Fail): unknown {
  try {
    return document.toJS({ maxAliasCount: ALIASES_MAX }) ?? {};
  } catch (thrown) {
    return fail([{ message: thrown instanceof Error ? thrown.message : 'can’t be read as YAML' }]);
  }
}

/** Warnings count as well: an unknown tag means that a value isn't what its writer thinks. */
function syntaxFailures({ errors, warnings }: Document): Failure[] {
  return [...errors, ...warnings].map(({ code, message, pos }) => ({
    message: code === 'DUPLICATE_KEY' ? 'this key stands twice in the same mapping' : message,
    offset: pos[0],
  }));
}

/** An alias within its own anchor would be an endless tree, one without an anchor nothing at all. */
function aliasFailures(document: Document): Failure[] {
  const failures: Failure[] = [];
  visit(document, {
    Alias: (_key, alias, parents) => {
      const anchor = alias.resolve(document);
      const offset = alias.range?.[0];
      if (anchor === undefined) failures.push({ message: `there is no anchor named "${alias.source}" above`, offset });
      else if (parents.includes(anchor)) failures.push({ message: `"*${alias.source}" stands within itself`, offset });
    },
  });
  return failures;
}

function offsetOf(document: Document, path: SettingPath, what: 'key' | 'value'): number | undefined {
  let node: unknown = document.contents;
  let offset = isNode(node) ? node.range?.[0] : undefined;
  for (const [index, part] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    let key: unknown;
    if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && String(item.key) === String(part));
      key = pair?.key;
      node = pair?.value;
    } else if (isSeq(node) && typeof part === 'number') node = node.items[part];
    else return offset;

    const last = index === path.length - 1;
    const chosen = last && what === 'value' && isNode(node) ? node : (key ?? node);
    if (!isNode(chosen)) return offset;
    offset = chosen.range?.[0] ?? offset;
  }
  return offset;
}

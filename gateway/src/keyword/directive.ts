/** A tool that a message calls by its name. */
export interface Directive {
  readonly tool: string;
  /** Whether it was named as a tool (`#tool_x`, `#function x(…)`), so that nothing else can be meant. */
  readonly isExplicit: boolean;
  /** The words behind the name, for the tool's main parameter. */
  readonly words: string;
  /** Parameters that were named, in `#function f(a=1)`. */
  readonly named: Readonly<Record<string, string | number | boolean>>;
}

const NAME_CHARACTERS_MAX = 64;
const ARGUMENTS_MAX = 20;
const HEAD = /^#(?<kind>function\s{1,8}|tool_)?(?<name>[a-z][a-z0-9_-]*)(?![\w#-])/i;

/** Reads a directive at the very beginning of a message; `undefined` where there is none. */
export function directiveIn(text: string): Directive | undefined {
  const trimmed = text.trimStart();
  if (!trimmed.startsWith('#')) return undefined;
  const head = HEAD.exec(trimmed.slice(0, NAME_CHARACTERS_MAX + 20));
  const { kind, name = '' } = head?.groups ?? {};
  const tool = name.toLowerCase();
  const isBareWord = kind === undefined && tool === 'function';
  if (!head || name.length > NAME_CHARACTERS_MAX || isBareWord) return undefined;
  const rest = trimmed.slice(head[0].length);
  if (kind?.trim().toLowerCase() === 'function') return functionCall(tool, rest);
  // `#calculator: 2+2` and `#calculator 2+2`, but no path, no colour and no heading.
  if (!/^(?:$|\s|:)/.test(rest)) return undefined;
  return { tool, isExplicit: kind !== undefined, words: rest.replace(/^:/, '').trim(), named: {} };
}

function functionCall(tool: string, rest: string): Directive | undefined {
  const inside = rest.trimStart();
  if (!inside.startsWith('(')) return undefined;
  const read = argumentsIn(inside.slice(1));
  return read && { tool, isExplicit: true, ...read };
}

const NAMED = /^\s*(?<name>[a-z_]\w*)\s*[=:](?!=)\s*/i;
const QUOTED = /^(?:"(?<double>(?:[^"\\]|\\.)*)"|'(?<single>(?:[^'\\]|\\.)*)')/s;

interface ReadArguments {
  readonly words: string;
  readonly named: Readonly<Record<string, string | number | boolean>>;
}

/** `a=1, city="Paris, France", 15% of 80)`: named values, and words for the main parameter. */
function argumentsIn(text: string): ReadArguments | undefined {
  const named: [string, string | number | boolean][] = [];
  const words: string[] = [];
  let rest = text;
  for (let count = 0; count <= ARGUMENTS_MAX; count += 1) {
    if (rest.trim() === ')') return { words: words.join(', '), named: Object.fromEntries(named) };
    const head = NAMED.exec(rest);
    const begun = rest.slice(head?.[0].length ?? 0);
    const value = head ? valueIn(begun) : valueIn(begun.trimStart());
    if (!value) return undefined;
    if (head?.groups) named.push([head.groups['name'] ?? '', value.value]);
    else words.push(String(value.value));
    rest = value.rest.trimStart();
    if (rest.startsWith(',')) rest = rest.slice(1);
    else if (!rest.startsWith(')')) return undefined;
  }
  return undefined;
}

function valueIn(text: string): { readonly value: string | number | boolean; readonly rest: string } | undefined {
  const quoted = QUOTED.exec(text);
  if (quoted) {
    const inside = quoted.groups?.['double'] ?? quoted.groups?.['single'] ?? '';
    return { value: inside.replaceAll(/\\(.)/gs, '$1'), rest: text.slice(quoted[0].length) };
  }
  if (/^["']/.test(text)) return undefined; // a quotation that never ends
  const end = endOfBare(text);
  const bare = text.slice(0, end).trim();
  return end < 0 || bare === '' ? undefined : { value: meaning(bare), rest: text.slice(end) };
}

/** A value without quotes ends at a comma or the closing bracket, but not at those inside brackets of its own. */
function endOfBare(text: string): number {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (depth === 0 && (character === ',' || character === ')')) return at;
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
  }
  return -1;
}

function meaning(bare: string): string | number | boolean {
  if (/^-?\d{1,15}(?:\.\d{1,15})?$/.test(bare)) return Number(bare);
  return bare === 'true' || bare === 'false' ? bare === 'true' : bare;
}

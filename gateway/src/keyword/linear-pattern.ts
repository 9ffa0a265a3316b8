import { RE2JS, RE2JSException } from 're2js';
import { refusedField } from '../model/error.ts';

/** What a pattern caught in a text. */
export interface Caught {
  /** Where in the text the match begins and ends. */
  readonly begin: number;
  readonly end: number;
  readonly named: Readonly<Record<string, string>>;
  /** Groups without a name, in their order. */
  readonly numbered: readonly string[];
}

/** A regular expression whose time grows with the text's length alone. */
export interface LinearPattern {
  readonly find: (text: string) => Caught | undefined;
}

/** Steps that one character of a text may cost. A pattern like `(a{100}){100}` is short, and a large program. */
const PROGRAM_SIZE_MAX = 1000;

/**
 * Compiles a pattern that somebody typed. Never V8's engine: it backtracks, and one pattern could hold the whole process.
 * Throws `request.invalid`, saying where the mistake is.
 */
export function linearPattern(source: string, charactersMax: number): LinearPattern {
  if (source.trim() === '') throw refusedField('pattern', 'is empty');
  if (source.length > charactersMax) throw refusedField('pattern', `is longer than ${charactersMax} characters`);
  const compiled = compile(source);
  if (compiled.programSize() > PROGRAM_SIZE_MAX)
    throw refusedField('pattern', 'repeats too much: written out it would be a very large pattern');
  const names = Object.entries(compiled.namedGroups());
  const namedNumbers = new Set(names.map(([, number]) => number));
  const numbers = Array.from({ length: compiled.groupCount() }, (_, at) => at + 1).filter(
    (at) => !namedNumbers.has(at),
  );
  return {
    find: (text) => {
      const matcher = compiled.matcher(text);
      if (!matcher.find()) return undefined;
      const named = names.flatMap(([name, number]) => {
        const value = matcher.group(number);
        return value === null || value === undefined ? [] : [[name, value.trim()] as const];
      });
      return {
        begin: matcher.start(),
        end: matcher.end(),
        named: Object.fromEntries(named),
        numbered: numbers.map((number) => matcher.group(number) ?? ''),
      };
    },
  };
}

function compile(source: string): RE2JS {
  try {
    return RE2JS.compile(source, RE2JS.CASE_INSENSITIVE);
  } catch (thrown) {
    if (!(thrown instanceof RE2JSException)) throw thrown;
    throw refusedField('pattern', complaint(source, thrown));
  }
}

/** The engine names the piece at fault; where it stands is for us to say. */
function complaint(source: string, thrown: RE2JSException): string {
  const error = 'error' in thrown && typeof thrown.error === 'string' ? thrown.error : 'not a regular expression';
  const piece = 'input' in thrown && typeof thrown.input === 'string' ? thrown.input : '';
  const at = piece === '(?P' ? source.search(/\(\?P(?!<)/) : source.indexOf(piece);
  const place = at < 0 || piece === '' || piece === source ? '' : ` at position ${at}: ${piece.slice(0, 40)}`;
  return `can’t be used (${error}${place}). Look-around and back-references are not supported`;
}

import type { Caller } from '../model/turn.ts';
import { isEnough, type Tool } from '../tools/contract.ts';
import type { ToolBox, ToolCall } from '../tools/tool-box.ts';
import { directiveIn } from './directive.ts';
import type { PatternBook, PatternMatch } from './pattern-book.ts';

/** What a message turned out to be. */
export type KeywordFinding =
  /** The message names a tool: the caller wants its answer, whatever that is. */
  | { readonly kind: 'directive'; readonly call: ToolCall }
  /** The message asks for a tool by a name that none has. */
  | { readonly kind: 'unknown' }
  /** A pattern found the message. It may be wrong about it. */
  | { readonly kind: 'pattern'; readonly call: ToolCall; readonly pattern: string };

/** Finds the tools that a message asks for, best first. */
export type FindKeywords = (words: string, caller: Caller) => Iterable<KeywordFinding>;

interface KeywordSources {
  readonly toolBox: ToolBox;
  readonly book: PatternBook;
  /** Whether messages may name a tool. */
  readonly directives: boolean;
}

/** Looks for directives and keyword patterns. */
export function keywordFinder({ toolBox, book, directives }: KeywordSources): FindKeywords {
  return function* find(words, caller) {
    const directive = directives ? directiveIn(words) : undefined;
    const tool = directive && toolBox.find(directive.tool);
    if (directive && tool) {
      const main =
        directive.words !== '' && tool.mainParameter !== undefined ? { [tool.mainParameter]: directive.words } : {};
      yield { kind: 'directive', call: { tool: tool.name, parameters: { ...main, ...directive.named } } };
      return;
    }
    if (directive?.isExplicit) yield { kind: 'unknown' };
    const may = (name: string): Tool | undefined => usable(toolBox, name, caller);
    for (const match of book.matches(
      words,
      ({ tool: name, requiredRole }) => may(name) !== undefined && isEnough(caller.role, requiredRole),
    )) {
      const matched = may(match.pattern.tool);
      if (!matched) continue;
      yield {
        kind: 'pattern',
        pattern: match.pattern.name,
        call: { tool: matched.name, parameters: parametersOf(match, matched, words) },
      };
    }
  };
}

/** A pattern counts only if its tool could answer: there, set up, and this caller's to use. */
function usable(toolBox: ToolBox, name: string, caller: Caller): Tool | undefined {
  const tool = toolBox.find(name);
  return tool && tool.missing === undefined && toolBox.may(caller, tool) ? tool : undefined;
}

/** Named groups are parameters; without any, the first group, or the whole message, is the main one. */
function parametersOf({ caught }: PatternMatch, tool: Tool, words: string): Readonly<Record<string, string>> {
  const named = Object.entries(caught.named).filter(([name]) => tool.parameterNames.includes(name));
  if (named.length > 0) return Object.fromEntries(named);
  const first = caught.numbered.find((text) => text !== '') ?? words.trim();
  return tool.mainParameter === undefined ? {} : { [tool.mainParameter]: first };
}

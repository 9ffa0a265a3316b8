import type { Caller } from '../model/turn.ts';

/** What makes a message a call of a tool, in the words of whoever runs the gateway. */
export interface KeywordPattern {
  readonly name: string;
  /** A regular expression; Python's `(?P<name>…)` is understood. What its groups catch becomes the tool's parameters. */
  readonly pattern: string;
  readonly tool: string;
  readonly description: string;
  /** Higher ones are tried first. */
  readonly priority: number;
  readonly requiredRole: Caller['role'];
  readonly enabled: boolean;
}

/** How messages are searched. */
export interface KeywordSettings {
  /** Whether messages are searched for patterns at all. */
  readonly detection: boolean;
  /** The least share of a message that a pattern must cover, from 0 to 1. */
  readonly detectionThreshold: number;
  /** The role of patterns that are made without one. */
  readonly defaultRole: Caller['role'];
}

/** Limits of patterns and of what is searched. */
export interface KeywordLimits {
  readonly patternsMax: number;
  readonly patternCharactersMax: number;
  /** Longer messages aren't searched. */
  readonly textCharactersMax: number;
  /** Time after which no further pattern is tried on a message. */
  readonly matchMs: number;
}

/** Patterns that are there without any configuration. Detection is off until somebody switches it on. */
export const DEFAULT_PATTERNS: readonly KeywordPattern[] = [
  {
    name: 'weather_query',
    pattern:
      "\\b(?:what(?:'s|’s| is)|how(?:'s|’s| is)|get|check|show|tell me)\\s+(?:me\\s+)?(?:the\\s+)?(?:current\\s+)?(?:weather|temperature|forecast)(?:\\s+like)?\\s+(?:in|at|for)\\s+(?P<location>[^?!\\n]{1,100})",
    tool: 'weather',
    description: 'Asks what the weather is like somewhere.',
    priority: 100,
    requiredRole: 'basic',
    enabled: true,
  },
  {
    name: 'web_search_query',
    pattern: '\\b(?:search|google|look up|find|research)\\s+(?:for|about|the web for)\\s+(?P<query>[^\\n]{1,300})',
    tool: 'web_search',
    description: 'Asks for a search of the web.',
    priority: 90,
    requiredRole: 'basic',
    enabled: true,
  },
  {
    name: 'file_search_query',
    pattern:
      '\\b(?:search|find|look up)\\s+(?:in|within|inside)\\s+(?:the\\s+|my\\s+)?(?:files?|documents?)\\s+(?:for|about)\\s+(?P<query>[^\\n]{1,300})',
    tool: 'file_search',
    description: 'Asks for a search of the files.',
    priority: 85,
    requiredRole: 'basic',
    enabled: true,
  },
  {
    name: 'calculator_query',
    pattern:
      "\\b(?:calculate|compute|evaluate|solve|what(?:'s|’s| is)|how much is)\\s+(?P<expression>[-+(\\d.√][\\w\\d\\s.,+*/^%()×÷-]{0,200})",
    tool: 'calculator',
    description: 'Asks for a calculation.',
    priority: 80,
    requiredRole: 'basic',
    enabled: true,
  },
];

/** What holds without any configuration. */
export const DEFAULT_KEYWORD_SETTINGS: KeywordSettings = {
  detection: false,
  detectionThreshold: 0.7,
  defaultRole: 'basic',
};

import type { ParameterRule } from './contract.ts';

/** What some of Anthropic's models don't take, whoever serves them. https://platform.claude.com/docs/en/about-claude/models/overview */
export const CLAUDE_RULES: readonly ParameterRule[] = [
  { models: /^claude-(opus-4-[78]|sonnet-5)/, lacks: ['temperature', 'top_p', 'top_k'] },
  { models: /^claude-(opus-4-[156]|(sonnet|haiku)-4-[56])/, beside: { field: 'temperature' }, lacks: ['top_p'] },
];

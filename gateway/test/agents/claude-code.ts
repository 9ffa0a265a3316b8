import { randomUUID } from 'node:crypto';
import { type Desk, installed, type Work, work } from './desk.ts';

/** Claude Code's entry, if it is installed. */
export const claudeCode = installed('@anthropic-ai/claude-code/cli-wrapper.cjs');

/** What Claude Code says at its end with `--output-format json`. */
interface ClaudeResult {
  readonly is_error: boolean;
  readonly result: string;
  readonly num_turns: number;
  readonly api_error_status: number | null;
}

interface Question {
  readonly desk: Desk;
  readonly url: string;
  readonly key: string;
  /** Two runs with one session differ in nothing that they send. */
  readonly session?: string;
}

/** Lets Claude Code look at the notes, with everything off that isn't part of the work. */
export async function askClaudeCode({ desk, url, key, session = randomUUID() }: Question) {
  const words = ['-p', 'Which words are in the notes?', '--model', 'claude-sonnet-4-5', '--output-format', 'json'];
  const flags = ['--allowedTools', 'Read', '--session-id', session, '--no-session-persistence'];
  const env = {
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_AUTH_TOKEN: key,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
    DISABLE_TELEMETRY: '1',
    DISABLE_ERROR_REPORTING: '1',
  };
  const done = await work(claudeCode ?? '', [...words, ...flags], { desk, env });
  return { ...done, said: resultOf(done) };
}

function resultOf({ code, stdout, stderr }: Work): ClaudeResult {
  const line = stdout.trim().split('\n').at(-1) ?? '';
  try {
    return JSON.parse(line) as ClaudeResult;
  } catch {
    throw new Error(`Claude Code ended with ${code} and no result:\n${stdout}${stderr}`);
  }
}

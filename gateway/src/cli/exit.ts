import { CommanderError } from 'commander';

/** Exit codes: fine, it failed, it was called wrongly, somebody pressed Ctrl-C. */
export const EXIT = { fine: 0, failed: 1, usage: 2, cancelled: 130 } as const;

/** Ends a command that said already what there is to say. */
export function ended(code: number): CommanderError {
  return new CommanderError(code, 'synthlang.ended', '');
}

/** A wrong call; the message says what is right. */
export function usageError(message: string): UsageError {
  return new UsageError(message);
}

/** What `usageError` makes. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

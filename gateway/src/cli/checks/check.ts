/** What one look at the installation found. */
export interface Check {
  readonly name: string;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly message: string;
  /** What to do about it. */
  readonly advice?: string;
}

/** Reports in short. */
export const ok = (name: string, message: string): Check => ({ name, status: 'ok', message });
/** Something that works, but not as one might think. */
export const warn = (name: string, message: string, advice: string): Check => ({
  name,
  status: 'warn',
  message,
  advice,
});
/** Something that doesn't work. */
export const fail = (name: string, message: string, advice: string): Check => ({
  name,
  status: 'fail',
  message,
  advice,
});

/** The short code of an error of the system, for messages. */
export function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown);
}

/** SQLite's and PostgreSQL's ways of saying that something unique is there already. */
export function isTaken(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  const { code, errcode } = thrown as { readonly code?: unknown; readonly errcode?: unknown };
  return code === '23505' || errcode === 1555 || errcode === 2067 || thrown.message.includes('UNIQUE constraint');
}

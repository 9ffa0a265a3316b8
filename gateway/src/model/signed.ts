/** What the original says at the end of every answer under `/v1/synthlang`. */
export function signed(nowMs: number): { readonly version: string; readonly timestamp: string } {
  return { version: '1.0', timestamp: new Date(nowMs).toISOString() };
}

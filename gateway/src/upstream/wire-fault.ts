/** Ways in which a connection, or what came over it, can be at fault. */
export type WireFaultCode = 'CONNECT_TIMEOUT' | 'HEAD_TOO_LARGE' | 'NOT_HTTP' | 'CUT_SHORT' | 'CLOSED';

/** A connection that failed by our own finding, as `ECONNRESET` and the like are the system's. */
export class WireFault extends Error {
  override readonly name = 'WireFault';
  readonly code: WireFaultCode;

  constructor(code: WireFaultCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** What isn't HTTP as its grammar has it. Nothing is mended: who guesses can be made to guess wrong. */
export function notHttp(what: string): WireFault {
  return new WireFault('NOT_HTTP', what);
}

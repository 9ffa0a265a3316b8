import { GatewayError } from '../model/error.ts';
import type { DialectId } from '../model/request.ts';
import type { ServerPorts } from './contract.ts';
import { sendError, type Exchange } from './exchange.ts';

/** How a request is refused: in whose words, and with which headers besides the usual. */
export interface Refusal {
  readonly dialect: DialectId;
  readonly error: GatewayError;
  readonly headers?: readonly string[];
}

/** Answers with an error in the caller's dialect; a caller that is gone is let go. */
export function refuse(exchange: Exchange, { dialect, error, headers }: Refusal, ports: ServerPorts): void {
  report(error, exchange.requestId, ports);
  if (error.code === 'request.cancelled') exchange.abandon();
  else sendError(exchange, error, dialect, headers);
}

/** Refuses what never became a turn; it is logged and counted all the same. */
export function turnAway(exchange: Exchange, dialect: DialectId, thrown: unknown, ports: ServerPorts): void {
  const error = GatewayError.from(thrown);
  ports.onRefused({ requestId: exchange.requestId, dialect, status: error.status, code: error.code });
  refuse(exchange, { dialect, error }, ports);
}

/** A fault of ours goes to the log with its cause, under the id that the caller is told. */
export function report(error: GatewayError, requestId: string, { onBug }: ServerPorts): void {
  if (error.code === 'gateway.bug') onBug(requestId, error.details.cause);
}

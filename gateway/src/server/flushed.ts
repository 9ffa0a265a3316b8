import { goneWhileAnswered, type Exchange } from './exchange.ts';
import type { ServerPorts } from './contract.ts';

/** What waiting for a caller needs of its exchange. */
export type Waiting = Pick<Exchange, 'abandon' | 'cancellation' | 'isGone' | 'onDrain'>;

/** Waits until the caller has read what was written. Throws the cancellation's reason when the turn is over, or the caller stopped reading for too long. */
export function flushed(
  exchange: Waiting,
  { deadlines, writeIdleTimeoutMs }: Pick<ServerPorts, 'deadlines' | 'writeIdleTimeoutMs'>,
): Promise<void> {
  const { cancellation } = exchange;
  return new Promise((resolve, reject) => {
    const idle = deadlines(() => {
      exchange.abandon();
      settle();
    });
    const settle = (): void => {
      idle.clear();
      exchange.onDrain(undefined);
      cancellation.off(settle);
      if (cancellation.reason) reject(cancellation.reason);
      else if (exchange.isGone) reject(goneWhileAnswered());
      else resolve();
    };
    exchange.onDrain(settle);
    idle.set(writeIdleTimeoutMs);
    if (exchange.isGone) settle();
    else cancellation.on(settle);
  });
}

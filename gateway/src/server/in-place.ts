import type { Turn } from '../model/turn.ts';
import type { ServerPorts } from './contract.ts';
import type { Exchange } from './exchange.ts';
import { turnAway } from './refuse.ts';

/** Does a turn's work in one of the places that there are for turns, or says that there is none. */
export async function inPlace(
  exchange: Exchange,
  { caller, dialect }: Pick<Turn, 'caller' | 'dialect'>,
  ports: ServerPorts,
  work: () => Promise<void>,
): Promise<void> {
  const { door } = ports;
  try {
    const waiting = door.enter(caller.role, exchange.cancellation);
    if (waiting) await waiting;
  } catch (thrown) {
    turnAway(exchange, dialect, thrown, ports);
    return;
  }
  try {
    await work();
  } finally {
    door.leave();
  }
}

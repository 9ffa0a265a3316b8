import type { Deadlines } from './upstream.ts';

/** Does work every so often, the next time after the last one is over; gives what ends that. */
export function regularly(work: () => Promise<void>, everyMs: number | undefined, deadlines: Deadlines): () => void {
  if (everyMs === undefined) return () => undefined;
  let isOver = false;
  const again = (): void => {
    if (!isOver) timer.set(everyMs);
  };
  const timer = deadlines(() => void work().finally(again));
  again();
  return () => {
    isOver = true;
    timer.clear();
  };
}

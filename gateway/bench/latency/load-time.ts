/** The largest line of a cache that is common. */
const LINE_BYTES = 64;
const NUMBER_BYTES = 4;
const LOADS = 1_000_000;

/**
 * How long it takes to load a number from a place among so many bytes that nobody could foresee, in nanoseconds: the median
 * of five tries. Each load says where the next one is.
 */
export function loadNs(bytes: number): number {
  const stride = LINE_BYTES / NUMBER_BYTES;
  const order = shuffled(Math.floor(bytes / LINE_BYTES));
  const next = new Int32Array(order.length * stride);
  for (const [at, place] of order.entries()) next[place * stride] = (order[at + 1] ?? order[0] ?? 0) * stride;
  const tries = Array.from({ length: 5 }, () => {
    const startedMs = performance.now();
    let at = 0;
    for (let loads = 0; loads < LOADS; loads += 1) at = next[at] ?? 0;
    // What is never used is never computed.
    if (at < 0) throw new RangeError('The way leads out of the memory.');
    return ((performance.now() - startedMs) * 1e6) / LOADS;
  });
  return tries.toSorted((a, b) => a - b)[2] ?? 0;
}

function shuffled(count: number): readonly number[] {
  const order = Array.from({ length: count }, (_, at) => at);
  for (let at = count - 1; at > 0; at -= 1) {
    const other = Math.floor(Math.random() * (at + 1));
    [order[at], order[other]] = [order[other] ?? 0, order[at] ?? 0];
  }
  return order;
}

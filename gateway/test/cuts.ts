import fc from 'fast-check';

/** The bytes in pieces of one size, as a network might cut them. */
export function pieces(bytes: Buffer, size: number): Buffer[] {
  const cut: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) cut.push(bytes.subarray(at, at + size));
  return cut;
}

/** The bytes in pieces that lie between the given places. */
export function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const inOrder = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  const edges = [0, ...inOrder, bytes.length];
  return edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
}

/** Any places to cut at; `cutAt` wraps those that lie beyond the end. */
export const places: fc.Arbitrary<number[]> = fc.array(fc.nat(400), { maxLength: 12 });

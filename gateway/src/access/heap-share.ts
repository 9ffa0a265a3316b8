import { getHeapStatistics } from 'node:v8';

/** How much of the heap's limit is in use, garbage that wasn't collected yet included; 1 is all of it. */
export function heapShare(): number {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  return used / limit;
}

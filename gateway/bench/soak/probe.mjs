import { renameSync, writeFileSync } from 'node:fs';

// Loaded into the measured process by `--import`. On SIGUSR2 it collects garbage and writes down what is left.
const file = process.env.SOAK_PROBE_FILE;
let number = 0;
process.on('SIGUSR2', () => {
  globalThis.gc?.();
  number += 1;
  const { heapUsed, rss, external, arrayBuffers } = process.memoryUsage();
  const resources = {};
  for (const name of process.getActiveResourcesInfo()) resources[name] = (resources[name] ?? 0) + 1;
  writeFileSync(`${file}.new`, JSON.stringify({ number, heapUsed, rss, external, arrayBuffers, resources }));
  renameSync(`${file}.new`, file);
});

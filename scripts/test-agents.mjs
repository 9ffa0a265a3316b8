// `npm run test:agents`: installs the coding agents that the tests know, which takes gigabytes, and lets each of them work
// through the gateway. `npm test` runs only those of gateway/test/agents itself.
import { requireNode } from './require-node.mjs';

const FOLDERS = ['gateway/test/agents', 'gateway/test/agents/more'];

requireNode();
const { ensureInstalled, ensureInstalledIn, ensureBuilt } = await import('./ready.mjs');
const { runNode } = await import('./run-node.mjs');

await ensureInstalled();
await ensureBuilt();
for (const folder of FOLDERS) await ensureInstalledIn(folder);
process.env.SYNTHLANG_TEST_AGENTS = 'all';
await runNode(['node_modules/vitest/vitest.mjs', 'run', 'gateway/test/agents', ...process.argv.slice(2)]);

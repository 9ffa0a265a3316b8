// `npm test [filter…]`: installs what the lockfile names and builds what changed, then runs the tests.
import { requireNode } from './require-node.mjs';

requireNode();
const { ensureInstalled, ensureBuilt } = await import('./ready.mjs');
const { runNode } = await import('./run-node.mjs');

await ensureInstalled();
await ensureBuilt();
await runNode(['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)]);

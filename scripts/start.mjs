// `npm start`: installs what the lockfile names, builds what changed, serves. It needs nothing but Node itself.
import { requireNode } from './require-node.mjs';

requireNode();
const { ensureInstalled, ensureBuilt } = await import('./ready.mjs');
const { runNode } = await import('./run-node.mjs');

await ensureInstalled();
await ensureBuilt();
await runNode(['gateway/dist/main.js', 'serve', ...process.argv.slice(2)]);

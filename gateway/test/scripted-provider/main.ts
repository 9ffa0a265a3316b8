import { parseArgs } from 'node:util';
import { startScriptedProvider } from './scripted-provider.ts';

const { values } = parseArgs({ options: { port: { type: 'string', default: '4010' } } });
const provider = await startScriptedProvider({ port: Number(values.port), keep: 100 });
process.stdout.write(`Scripted provider at ${provider.url}; model names select behaviours (see README.md).\n`);
process.send?.({ port: provider.port });
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void provider.close().then(() => process.exit(0)));
}
process.once('disconnect', () => process.exit(0));

import { startScriptedProvider } from '../../test/scripted-provider/scripted-provider.ts';
import { badDay } from './faults.ts';
import type { FromProviders, ToProviders } from './providers.ts';

/** A process of its own with several providers. It is told when the bad day begins, and tells what it did. */
const count = Number(process.argv[2]);
const done = new Map<string, number>();
let chance = 0;
const providers = await Promise.all(
  Array.from({ length: count }, (_, index) =>
    startScriptedProvider({ script: badDay(() => chance, index + 1, done), keep: 10 }),
  ),
);

const say = (message: FromProviders): void => void process.send?.(message, undefined, {}, () => {});
process.on('message', (message: ToProviders) => {
  chance = message.chance;
  say({
    kind: 'done',
    done: Object.fromEntries(done),
    connections: providers.reduce((sum, one) => sum + one.connections, 0),
  });
});
process.once('disconnect', () => process.exit(0));
say({ kind: 'ports', ports: providers.map(({ port }) => port) });

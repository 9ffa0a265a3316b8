import { scenarios } from './scenarios/index.ts';

const [id, ...args] = process.argv.slice(2);
const scenario = scenarios.find((one) => one.id === id);
if (scenario === undefined) {
  const rows = scenarios.map((one) => `  ${one.id.padEnd(12)}${one.says}\n`);
  process.stdout.write(`npm run bench -- SCENARIO [options]\n\n${rows.join('')}`);
  process.exitCode = id === undefined ? 0 : 2;
} else {
  process.exitCode = await scenario.run(args);
}

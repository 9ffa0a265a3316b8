import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createGateway, type Gateway } from '../../src/library.ts';
import { machine } from '../latency/machine.ts';
import type { Scenario } from './contract.ts';

const RESULTS = fileURLToPath(new URL('../results/', import.meta.url));
const ROUNDS = 5;
const HITS = 2000;
const GOAL_US = 100;

interface Case {
  readonly name: string;
  readonly turns: number;
  readonly words: number;
}

const CASES: readonly Case[] = [
  { name: 'one question', turns: 1, words: 8 },
  { name: 'a conversation of 10 KB', turns: 19, words: 100 },
  { name: 'a conversation of 100 KB', turns: 99, words: 200 },
];

/** What a hit of the cache costs: the request read, its key made, the answer written, the record kept; without HTTP. */
export const cache: Scenario = {
  id: 'cache',
  says: 'CPU of an answer from the cache, in process [--keep]',
  run: async (args) => {
    const gateway = createGateway({ config: { cache: { enabled: true } }, environment: {} });
    const rows: string[] = [];
    for (const one of CASES) rows.push(await row(gateway, one));
    await gateway.close();
    const { cpu, cores, node } = machine();
    const text = [
      `# Cache, ${new Date().toISOString().slice(0, 10)}`,
      `${cpu}, ${cores} cores; Node ${node}. CPU of one hit, user and system, in µs: median (lowest–highest) of ${ROUNDS} rounds of ${HITS}. The goal is ${GOAL_US} µs for a question.`,
      ['| request | bytes | CPU µs |', '|---|--:|--:|', ...rows].join('\n'),
    ].join('\n\n');
    process.stdout.write(`${text}\n`);
    if (args.includes('--keep')) keep(text);
    return 0;
  },
};

async function row(gateway: Gateway, { name, turns, words }: Case): Promise<string> {
  const request = {
    model: 'synthlang/echo',
    messages: Array.from({ length: turns }, (_, at) => ({
      role: at % 2 === 0 ? 'user' : 'assistant',
      content: Array.from({ length: words }, (_word, index) => `word${index}`).join(' '),
    })),
  };
  const round = async (): Promise<number> => {
    const before = process.cpuUsage();
    for (let at = 0; at < HITS; at += 1) await gateway.completeChat(request);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / HITS;
  };
  await round();
  const taken: number[] = [];
  for (let at = 0; at < ROUNDS; at += 1) taken.push(await round());
  const [low = 0, , middle = 0, , high = 0] = taken.toSorted((a, b) => a - b);
  return `| ${name} | ${JSON.stringify(request).length} | ${middle.toFixed(0)} (${low.toFixed(0)}–${high.toFixed(0)}) |`;
}

function keep(text: string): void {
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(join(RESULTS, `cache-${new Date().toISOString().slice(0, 10)}.md`), `${text}\n`);
}

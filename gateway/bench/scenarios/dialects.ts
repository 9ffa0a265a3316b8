import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FAST_EVENTS } from '../../test/scripted-provider/fast-replies.ts';
import { load, machine } from '../latency/machine.ts';
import { cpuClock, cpuUs } from '../latency/process-cost.ts';
import { type Running, upstreamBase } from '../systems/contract.ts';
import { ADMIN_KEY, ours, startOurs } from '../systems/ours.ts';
import { startProvider } from '../systems/provider.ts';
import type { Scenario } from './contract.ts';

const RESULTS = fileURLToPath(new URL('../results/', import.meta.url));
const OPTIONS = {
  rounds: { type: 'string', default: '5' },
  streams: { type: 'string', default: '300' },
  smoke: { type: 'boolean', default: false },
} as const;

const AT_ONCE = 4;
const GOAL_US = 15;
const MODEL = 'bench-burst';
const SAID = [{ role: 'user', content: 'Hello' }];

/** How each API is asked for a stream of the same words. The provider speaks OpenAI's chat API. */
const CALLERS: readonly { readonly id: string; readonly path: string; readonly body: object }[] = [
  { id: 'openai-chat (passed on)', path: '/v1/chat/completions', body: { model: MODEL, stream: true, messages: SAID } },
  {
    id: 'anthropic-messages',
    path: '/v1/messages',
    body: { model: MODEL, stream: true, max_tokens: 5000, messages: SAID },
  },
  {
    id: 'openai-responses',
    path: '/v1/responses',
    body: { model: MODEL, stream: true, store: false, input: 'Hello' },
  },
  {
    id: 'gemini-content',
    path: `/v1beta/models/${MODEL}:streamGenerateContent?alt=sse`,
    body: { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] },
  },
];

/** What an event of a stream costs when it is said in another dialect than the provider's. */
export const dialectsScenario: Scenario = {
  id: 'dialects',
  says: 'CPU per event of a stream that is translated [--rounds N --streams N --smoke]',
  run: async (args) => {
    const { values } = parseArgs({ args: [...args], options: OPTIONS });
    const missing = await ours.missing({ smoke: values.smoke });
    if (missing !== undefined) throw new Error(missing);
    const folder = mkdtempSync(join(tmpdir(), 'dialects-bench-'));
    try {
      const before = load();
      const [rounds, streams] = values.smoke ? [1, AT_ONCE] : [Number(values.rounds), Number(values.streams)];
      const text = report(await measured(folder, rounds, streams), { rounds, streams, before });
      process.stdout.write(`${text}\n`);
      if (!values.smoke) keep(text);
      return 0;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** CPU per event of each caller, in µs, round by round. The first round warms up and isn't counted. */
async function measured(folder: string, rounds: number, streams: number): Promise<ReadonlyMap<string, number[]>> {
  const provider = await startProvider();
  const apiBase = `http://127.0.0.1:${provider.port}${upstreamBase('burst')}`;
  const models = [{ name: MODEL, target: 'openai-compatible/gpt-4o-mini', key: 'sk-up', apiBase }];
  const running = await startOurs({ upstreamPort: provider.port, folder }, { store: { enabled: false }, models });
  const taken = new Map<string, number[]>(CALLERS.map(({ id }) => [id, []]));
  try {
    await roundOf(running, streams);
    for (let round = 0; round < rounds; round += 1)
      for (const [id, us] of await roundOf(running, streams)) taken.get(id)?.push(us);
  } finally {
    await running.stop();
    await provider.stop();
  }
  return taken;
}

/** CPU per event, in µs, by the caller. */
async function roundOf({ port, pid }: Running, streams: number): Promise<ReadonlyMap<string, number>> {
  const clock = cpuClock();
  const each = new Map<string, number>();
  for (const caller of CALLERS) {
    const before = cpuUs(pid, clock);
    await Promise.all(Array.from({ length: AT_ONCE }, () => heard(port, caller, streams / AT_ONCE)));
    each.set(caller.id, (cpuUs(pid, clock) - before) / streams / FAST_EVENTS.burst);
  }
  return each;
}

async function heard(port: number, { path, body }: (typeof CALLERS)[number], streams: number): Promise<void> {
  for (let stream = 0; stream < streams; stream += 1) {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    // The last word must be there, in whichever API.
    if (response.status !== 200 || !text.includes(`word${FAST_EVENTS.burst}`))
      throw new Error(`${path}: ${response.status} ${text.slice(0, 200)}`);
  }
}

interface Circumstances {
  readonly rounds: number;
  readonly streams: number;
  readonly before: readonly number[];
}

function report(taken: ReadonlyMap<string, number[]>, { rounds, streams, before }: Circumstances): string {
  const { cpu, cores, node, kernel } = machine();
  const rows = [...taken].map(([id, each]) => {
    const sorted = each.toSorted((a, b) => a - b);
    const [median, least, most] = [sorted[sorted.length >> 1], sorted[0], sorted.at(-1)].map((us = 0) => us.toFixed(2));
    return `| ${id} | ${median} (${least}–${most}) | ≤ ${GOAL_US} | ${Number(median) <= GOAL_US ? 'yes' : 'no'} |`;
  });
  return [
    `# Streams in other dialects, ${new Date().toISOString().slice(0, 10)}`,
    `${cpu}, ${cores} cores; Linux ${kernel}; Node ${node}. Load average ${before.join(' ')} before. The provider says ` +
      `${FAST_EVENTS.burst} words at once in OpenAI's chat API; ${AT_ONCE} streams at one time, ${rounds} rounds of ` +
      `${streams}, callers in turn; median (lowest–highest) of CPU per event in µs, user and system.`,
    ['| caller | CPU µs per event | goal | reached |', '|---|--:|--:|:-:|', ...rows].join('\n'),
  ].join('\n\n');
}

function keep(text: string): void {
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(join(RESULTS, `dialects-${new Date().toISOString().slice(0, 10)}.md`), `${text}\n`);
}

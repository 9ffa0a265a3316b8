import { afterAll, beforeAll, expect, test } from 'vitest';
import { startGateway, type GatewayProcess } from '../gateway-process.ts';
import { paced, usage, words } from '../scripted-provider/acts.ts';
import { behave } from '../scripted-provider/behaviour.ts';
import { startScriptedProvider, type ScriptedProvider } from '../scripted-provider/scripted-provider.ts';
import { seeded } from './until.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** All of them take a minute or two, so they run where nobody waits. */
const CYCLES = process.env['CI'] === undefined ? 10 : 50;
const SEED = 7;
const AT_ONCE = 6;
const MASTER = 'sk-master-0123456789abcdef';
const COST = 20 * 1000 + 5 * 10_000;
const BUDGET_DOLLARS = 5;

const folder = temporaryFolder('death');
let provider: ScriptedProvider;
beforeAll(async () => {
  provider = await startScriptedProvider({ script: behave(words(2), paced(2), usage({ input: 20, output: 5 })) });
});
afterAll(async () => {
  await provider.close();
});

function start(): Promise<GatewayProcess> {
  const priced = { inputCostPerToken: 0.000_001, outputCostPerToken: 0.000_01 };
  return startGateway({
    folder,
    config: {
      access: { masterKey: MASTER },
      models: [{ name: 'priced', target: 'openai/m', key: 'sk-p', apiBase: `${provider.url}/v1`, ...priced }],
      log: { level: 'error' },
      // Long enough that most rows are in the journal alone when death comes.
      store: { flushMs: 40 },
    },
  });
}

type Fields = Readonly<Record<string, unknown>>;

async function call(url: string, key: string, body?: Fields): Promise<Fields> {
  const response = await fetch(url, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(text);
  return text.startsWith('{') ? (JSON.parse(text) as Fields) : {};
}

test(`${CYCLES} times kill -9: no key is lost, and no spend that somebody was answered for`, {
  timeout: 240_000,
}, async () => {
  const random = seeded(SEED);
  const keys: string[] = [];
  const acknowledged = new Map<string, number>();
  let interrupted = 0;

  for (let cycle = 0; cycle < CYCLES; cycle += 1) {
    const gateway = await start();
    for (const key of keys.slice(-2)) {
      const { info } = (await call(`${gateway.url}/key/info?key=${key}`, MASTER)) as { info: { spend: number } };
      expect(Math.round(info.spend * 1e9)).toBeGreaterThanOrEqual((acknowledged.get(key) ?? 0) * COST);
      expect(info.spend).toBeLessThanOrEqual(BUDGET_DOLLARS);
    }
    const made = await call(`${gateway.url}/key/generate`, MASTER, { max_budget: BUDGET_DOLLARS });
    const key = String(made['key']);
    keys.push(key);
    const life = { goesOn: true };
    const asking = Array.from({ length: AT_ONCE }, async (_, at) => {
      const body = {
        model: 'priced',
        max_tokens: 5,
        messages: [{ role: 'user', content: 'Hi' }],
        stream: at % 2 === 0,
      };
      while (life.goesOn) {
        try {
          await call(`${gateway.url}/v1/chat/completions`, key, body);
          acknowledged.set(key, (acknowledged.get(key) ?? 0) + 1);
        } catch {
          interrupted += 1;
          return;
        }
      }
    });
    await new Promise((resolve) => setTimeout(resolve, 20 + random() * 80));
    gateway.signal('SIGKILL');
    life.goesOn = false;
    await Promise.all(asking);
  }

  const gateway = await start();
  const answered = [...acknowledged.values()].reduce((sum, count) => sum + count, 0);
  expect(answered).toBeGreaterThan(CYCLES);
  expect(interrupted, 'some were cut in the middle').toBeGreaterThan(CYCLES / 2);
  let spent = 0;
  for (const key of keys) {
    const { info } = (await call(`${gateway.url}/key/info?key=${key}`, MASTER)) as { info: { spend: number } };
    expect(Math.round(info.spend * 1e9)).toBeGreaterThanOrEqual((acknowledged.get(key) ?? 0) * COST);
    spent += Math.round(info.spend * 1e9);
  }
  const rows = await fetch(`${gateway.url}/spend/logs?limit=10000`, { headers: { authorization: `Bearer ${MASTER}` } });
  const list = (await rows.json()) as readonly { spend_nanousd: number; estimated: boolean; request_id: string }[];
  expect(
    list.reduce((sum, row) => sum + row.spend_nanousd, 0),
    'the sums of keys are those of the rows',
  ).toBe(spent);
  expect(new Set(list.map(({ request_id: id }) => id)).size).toBe(list.length);
  // Whatever reached the provider has a row, at its own cost or, if death came first, at its worst.
  expect(list.length).toBeGreaterThanOrEqual(provider.requests.length);
  expect(list.filter(({ estimated }) => !estimated).length).toBeGreaterThanOrEqual(answered);
  await gateway.stop();
});

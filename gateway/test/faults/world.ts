import type { IncomingHttpHeaders } from 'node:http';
import { startGateway, type GatewayProcess } from '../gateway-process.ts';
import type { Behaviour } from '../scripted-provider/behaviour.ts';
import type { Script } from '../scripted-provider/script.ts';
import { startScriptedProvider, type ScriptedProvider } from '../scripted-provider/scripted-provider.ts';
import { ask, get, put, type Asking, type Heard, type Question } from './caller.ts';
import { isAlive, printed, turnLines, type TurnLine } from './observed.ts';
import { until } from './until.ts';

/** Secrets that no answer, log, metric or payload may hold. */
export const CALLER_KEY = 'sk-CANARY-caller-0123456789abcdef';
export const PROVIDER_KEY = 'sk-CANARY-provider-0123456789abcdef';
/** A prompt that only a provider may see, and a caller in a reply that repeats it. */
export const PROMPT_CANARY = 'CANARY-prompt-7f3a91';

/** What these tests change of a setting. */
export interface WorldOptions {
  readonly upstream?: Readonly<Record<string, number>>;
  readonly routing?: Readonly<Record<string, unknown>>;
  readonly server?: Readonly<Record<string, number>>;
  readonly models?: readonly unknown[];
  readonly callbacks?: readonly unknown[];
  readonly env?: Readonly<Record<string, string>>;
  /** By default names decide: model `o/cut-rst:3` plays `cut-rst:3` in OpenAI's dialect, `a/…` in Anthropic's, and so on. */
  readonly script?: Behaviour | Script;
}

/** A gateway, a provider behind it, and somebody who asks. */
export interface World {
  readonly gateway: GatewayProcess;
  readonly provider: ScriptedProvider;
  readonly ask: (question: Question) => Promise<Heard>;
  readonly put: (question: Question) => Asking;
  /** Keeps something that was said, for the search for secrets. */
  readonly keep: (said: string) => void;
  readonly metric: (name: string) => Promise<number>;
  /** Waits until the log has so many lines of turns in it. */
  readonly records: (count: number) => Promise<readonly TurnLine[]>;
  /** Stops all, and gives every place where a secret was found. */
  readonly close: () => Promise<readonly string[]>;
}

/** Timers short enough to wait for, and no retries, so that one fault is one answer. */
const QUICK = {
  connectTimeoutMs: 500,
  headersTimeoutMs: 400,
  firstOutputTimeoutMs: 500,
  idleTimeoutMs: 400,
  totalTimeoutMs: 1500,
};

/** Starts both. `close` belongs into `afterAll`, and its answer must be empty. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const provider = await startScriptedProvider(options.script === undefined ? {} : { script: options.script });
  const gateway = await startGateway({
    config: {
      access: { apiKeys: [{ id: 'tests', key: CALLER_KEY }] },
      models: [...modelsOf(provider.url), ...(options.models ?? [])],
      routing: { retriesMax: 0, backoffMinMs: 20, backoffMaxMs: 100, ...options.routing },
      upstream: { ...QUICK, ...options.upstream },
      server: { ...options.server },
      callbacks: options.callbacks ?? [],
    },
    ...(options.env ? { env: options.env } : {}),
  });
  const leaks: string[] = [];
  const search = (where: string, said: string, secrets = [CALLER_KEY, PROVIDER_KEY, PROMPT_CANARY]): void => {
    for (const secret of secrets) if (said.includes(secret)) leaks.push(`${secret} in ${where}`);
  };
  const heard = (question: Question, answer: Heard): Heard => {
    const mayRepeat = question.model.includes('echo');
    search(
      `the answer to ${question.model}`,
      answer.body + headerText(answer.headers),
      mayRepeat ? [CALLER_KEY, PROVIDER_KEY] : undefined,
    );
    return answer;
  };
  return {
    gateway,
    provider,
    ask: async (question) => heard(question, await ask(gateway.url, CALLER_KEY, question)),
    put: (question) => put(gateway.url, CALLER_KEY, question),
    keep: (said) => search('something that was said', said),
    metric: async (name) => metricIn(await metricsText(gateway.url), name),
    records: (count) =>
      until(`${count} turns are in the log`, () => turnLines(gateway).length >= count && turnLines(gateway)),
    close: async () => {
      if (isAlive(gateway)) search('the metrics', await metricsText(gateway.url));
      await gateway.stop();
      search('the log or the error output', printed(gateway));
      for (const { headers, body, path } of provider.requests) {
        const said = `${path}\n${JSON.stringify(headers)}\n${body.toString('latin1')}`;
        search('a request to the provider', said, [CALLER_KEY]);
      }
      await provider.close();
      return [...new Set(leaks)];
    },
  };
}

function modelsOf(url: string): readonly unknown[] {
  return [
    { name: 'o/*', target: 'openai/*', key: PROVIDER_KEY, apiBase: `${url}/v1` },
    { name: 'a/*', target: 'anthropic/*', key: PROVIDER_KEY, apiBase: url },
    { name: 'g/*', target: 'gemini/*', key: PROVIDER_KEY, apiBase: `${url}/v1beta` },
    { name: 'b/*', target: 'bedrock/*', key: PROVIDER_KEY, apiBase: url },
    { name: 'c/*', target: 'cohere/*', key: PROVIDER_KEY, apiBase: url },
    { name: 'l/*', target: 'ollama/*', key: PROVIDER_KEY, apiBase: url },
  ];
}

function headerText(headers: IncomingHttpHeaders): string {
  return JSON.stringify(headers);
}

async function metricsText(url: string): Promise<string> {
  return (await get(`${url}/metrics`, { authorization: `Bearer ${CALLER_KEY}` })).body;
}

function metricIn(text: string, name: string): number {
  const lines = text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

import { isIP } from 'node:net';
import type { Target } from '../benching/asking.ts';
import type { BenchPorts, BenchReport } from '../benching/contract.ts';
import type { LoadWish } from '../benching/load.ts';
import type { ReportOptions } from './bench-report.ts';
import { runBench } from './bench-run.ts';
import { benchScene } from './bench-scene.ts';
import { usageError } from './exit.ts';
import type { World } from './world.ts';

/** What everything that asks can be told. */
export interface LoadOptions extends ReportOptions {
  readonly baseUrl?: string;
  readonly apiKey?: string;
  readonly model: string;
  readonly compareUrl?: string;
  readonly compareKey?: string;
  readonly compareModel?: string;
  readonly requests: number;
  readonly concurrency: number;
  readonly promptLength: number;
  readonly outputTokens: number;
  readonly timeout: number;
  readonly providerDelay: number;
  readonly yes?: boolean;
}

/** What one bench that asks is made of. */
export interface Load {
  readonly run: (wish: LoadWish, ports: BenchPorts) => Promise<BenchReport>;
  /** How many requests each target gets that isn't on this machine. */
  readonly count: (options: LoadOptions) => number;
  /** Settings of the gateway that is started for it. */
  readonly settings: object;
  /** Whether the provider is asked without the gateway as well. */
  readonly isCompared: boolean;
}

/** Before anything is measured on this machine; others may charge for it, and are not asked. */
const WARM_UP = 50;

/** Asks whom the options name, or else a gateway and a provider that are started for it. */
export async function runLoad(world: World, options: LoadOptions, load: Load): Promise<void> {
  const named = namedTargets({ apiKey: world.io.env()['SYNTHLANG_API_KEY'] ?? '', ...options }, load.count(options));
  const { requests, concurrency, promptLength, outputTokens: outputTokensMax } = options;
  const prompt = 'How are you? '.repeat(Math.ceil(promptLength / 13)).slice(0, promptLength);
  const warmUp = named.every((target) => isHere(target.baseUrl)) ? Math.min(WARM_UP, requests) : 0;
  const wish = { requests, concurrency, prompt, outputTokensMax, timeoutMs: options.timeout * 1000, warmUp };
  await runBench(world, options, async (ports) => {
    if (named.length > 0) return load.run({ ...wish, targets: named }, ports);
    const scene = await benchScene(world, { settings: load.settings, delayMs: options.providerDelay });
    try {
      const targets = load.isCompared ? [scene.gateway, scene.direct] : [scene.gateway];
      return await load.run({ ...wish, targets }, ports);
    } finally {
      await scene.close();
    }
  });
}

function namedTargets(options: LoadOptions, count: number): readonly Target[] {
  const { baseUrl, apiKey = '', model, compareUrl, compareKey = '', compareModel = model } = options;
  const targets = [
    ...(baseUrl === undefined ? [] : [{ name: 'asked', baseUrl, key: apiKey, model }]),
    ...(compareUrl === undefined
      ? []
      : [{ name: 'compared', baseUrl: compareUrl, key: compareKey, model: compareModel }]),
  ];
  if (baseUrl === undefined && compareUrl !== undefined) throw usageError('--compare-url needs --base-url.');
  const abroad = targets.filter((target) => !isHere(target.baseUrl));
  if (abroad.length > 0 && options.yes !== true)
    throw usageError(
      `This makes ${count} requests to ${abroad.map((target) => target.baseUrl).join(' and to ')}, which may cost money. Say --yes to do it.`,
    );
  return targets.map((target) => ({ ...target, baseUrl: target.baseUrl.replace(/\/+$/, '') }));
}

function isHere(url: string): boolean {
  if (!URL.canParse(url)) throw usageError(`${url} is not a URL.`);
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'));
}

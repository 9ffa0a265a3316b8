import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { until } from '../../test/faults/until.ts';
import { ADMIN_KEY, startOurs } from '../systems/ours.ts';
import type { Running } from '../systems/contract.ts';
import { Callers } from './callers.ts';
import { type Observation, Observer } from './observed.ts';
import { Providers } from './providers.ts';
import { type TurnLog, turnLog } from './turn-log.ts';

/** How long and how hard. */
export interface SoakSettings {
  readonly seconds: number;
  /** How long the capacity is looked for. */
  readonly calibrateSeconds: number;
  /** Of the capacity. */
  readonly share: number;
  /** How likely each fault is. */
  readonly chance: number;
  readonly observeSeconds: number;
  readonly folder: string;
}

/** What came of it. */
export interface SoakResult {
  readonly capacityPerSecond: number;
  readonly askedPerSecond: number;
  readonly callers: Callers;
  readonly log: TurnLog;
  readonly before: Observation;
  readonly during: readonly Observation[];
  readonly after: Observation;
  /** What providers did, by fault. */
  readonly done: Readonly<Record<string, number>>;
  /** Requests that targets still count as under way when nobody asks any more. */
  readonly leftInFlight: number;
  /** Most requests under way at one time. */
  readonly inFlightMax: number;
}

const TARGETS = 3;
/** Enough that those who wait for a provider that stalls don't keep the others from asking. */
const AT_ONCE = 256;
/** The gateway's timers, so that a provider that stalls costs seconds and not minutes. */
const TIMERS = {
  connectTimeoutMs: 2000,
  headersTimeoutMs: 2000,
  firstOutputTimeoutMs: 2000,
  idleTimeoutMs: 2000,
  totalTimeoutMs: 15_000,
};
/** Timers, keep-alives and probes are over by then. */
const SETTLE_MS = 30_000;
const IN_FLIGHT_MAX = 4000;

/** Holds a gateway under load while its providers have a bad day, and looks into it meanwhile. */
export async function soak(settings: SoakSettings): Promise<SoakResult> {
  const providers = await Providers.start(TARGETS);
  const probeFile = join(settings.folder, 'probe.json');
  const running = await startGateway(providers, settings.folder, probeFile);
  try {
    const observer = new Observer(running.pid, probeFile);
    await closedLoop(running, settings.calibrateSeconds); // warms up
    const before = await observer.look();
    await providers.set(settings.chance);
    const capacityPerSecond = await closedLoop(running, settings.calibrateSeconds);
    const callers = new Callers(running.port, ADMIN_KEY);
    const during: Observation[] = [];
    const looking = lookEvery(observer, settings, during);
    const perSecond = Math.max(1, Math.floor(capacityPerSecond * settings.share));
    const inFlightMax = await openLoop(callers, perSecond, settings.seconds);
    await looking;
    await until('all callers have their answer', () => callers.inFlight === 0, SETTLE_MS);
    const { done } = await providers.set(0);
    const leftInFlight = await settled(running);
    callers.close();
    const after = await observer.look();
    await running.stop();
    const asked = callers.asked / settings.seconds;
    const log = await turnLog(join(settings.folder, 'synthlang.log'));
    return {
      capacityPerSecond,
      askedPerSecond: asked,
      callers,
      log,
      before,
      during,
      after,
      done,
      leftInFlight,
      inFlightMax,
    };
  } finally {
    await running.stop();
    await providers.stop();
  }
}

function startGateway({ ports }: Providers, folder: string, probeFile: string): Promise<Running> {
  const models = ports.map((port, index) => ({
    id: `target-${index + 1}`,
    name: 'group',
    target: 'openai-compatible/the-model',
    key: 'sk-up',
    apiBase: `http://127.0.0.1:${port}/v1`,
  }));
  const probe = fileURLToPath(new URL('./probe.mjs', import.meta.url));
  return startOurs(
    { upstreamPort: ports[0] ?? 0, folder },
    { models, upstream: TIMERS },
    { flags: ['--expose-gc', '--import', probe], env: { SOAK_PROBE_FILE: probeFile } },
  );
}

/** Requests a second that it answers when callers ask as fast as they can, those that stall among them. */
async function closedLoop({ port }: Running, seconds: number): Promise<number> {
  const callers = new Callers(port, ADMIN_KEY);
  const endMs = performance.now() + seconds * 1000;
  let answered = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() < endMs) {
      await callers.ask();
      // Those that are late stall; they would tell how long, and not how many.
      if (performance.now() < endMs) answered += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  callers.close();
  return answered / seconds;
}

/** Asks by the clock, whether answers come or not. Gives how many were under way at most. */
async function openLoop(callers: Callers, perSecond: number, seconds: number): Promise<number> {
  const startedMs = performance.now();
  let most = 0;
  for (let asked = 0; ; ) {
    const elapsedMs = performance.now() - startedMs;
    if (elapsedMs >= seconds * 1000) return most;
    const due = Math.floor((elapsedMs / 1000) * perSecond);
    for (; asked < due; asked += 1) if (callers.inFlight < IN_FLIGHT_MAX) void callers.ask();
    most = Math.max(most, callers.inFlight);
    await wait(5);
  }
}

async function lookEvery(observer: Observer, settings: SoakSettings, during: Observation[]): Promise<void> {
  const { seconds, observeSeconds } = settings;
  for (let done = 0; done + observeSeconds <= seconds; done += observeSeconds) {
    await wait(observeSeconds * 1000);
    during.push(await observer.look());
  }
}

/** Waits until no target has anything under way; gives what is left when that doesn't come. */
async function settled({ port }: Running): Promise<number> {
  const left = async (): Promise<number> => {
    const answer = await fetch(`http://127.0.0.1:${port}/health/providers`, {
      headers: { authorization: `Bearer ${ADMIN_KEY}` },
    });
    const { targets } = (await answer.json()) as { readonly targets: readonly { readonly in_flight: number }[] };
    return targets.reduce((sum, target) => sum + target.in_flight, 0);
  };
  await until('no target has anything under way', async () => (await left()) === 0, SETTLE_MS).catch(() => undefined);
  return left();
}

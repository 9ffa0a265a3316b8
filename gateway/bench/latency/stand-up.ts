import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Running, System } from '../systems/contract.ts';
import { systems } from '../systems/index.ts';
import { startProvider } from '../systems/provider.ts';
import { CASES } from './cases.ts';
import type { Kind } from './cases.ts';
import { startGenerator } from './generator.ts';
import type { Generator } from './generator.ts';
import { requestBytes } from './request-bytes.ts';
import type { Settings } from './settings.ts';
import { verify } from './verify.ts';

/** A system that is up and was seen to answer rightly. */
export interface Contender {
  readonly id: string;
  readonly title: string;
  readonly running: Running;
}

/** Everything a run needs, started and checked. */
export interface Arena {
  readonly provider: Running;
  readonly generator: Generator;
  /** Asking the provider itself comes first. */
  readonly contenders: readonly Contender[];
  /** What could not be had or did not answer rightly, in words. */
  readonly complaints: readonly { readonly id: string; readonly why: string; readonly fatal: boolean }[];
  readonly close: () => Promise<void>;
}

/** Starts the provider, the load generator and every system that can be had. */
export async function standUp(settings: Settings, folder: string): Promise<Arena> {
  const provider = await startProvider();
  const generator = startGenerator();
  const contenders: Contender[] = [{ id: 'direct', title: 'provider, asked directly', running: provider }];
  const complaints: { id: string; why: string; fatal: boolean }[] = [];
  for (const system of systems.filter(({ id }) => settings.only.length === 0 || settings.only.includes(id))) {
    try {
      const why = await system.missing({ smoke: settings.smoke });
      if (why === undefined) contenders.push(await enter(system, provider.port, folder));
      else complaints.push({ id: system.id, why: inOneLine(why), fatal: system.required });
    } catch (error) {
      complaints.push({ id: system.id, why: inOneLine(String(error)), fatal: true });
    }
  }
  return {
    provider,
    generator,
    contenders,
    complaints,
    close: async () => {
      generator.stop();
      for (const { running } of contenders.toReversed()) await running.stop();
    },
  };
}

async function enter(system: System, upstreamPort: number, folder: string): Promise<Contender> {
  const own = join(folder, system.id);
  mkdirSync(own);
  const running = await system.start({ upstreamPort, folder: own });
  try {
    for (const kind of kindsOfCases()) await verifyKind(running, kind);
  } catch (error) {
    await running.stop();
    throw error;
  }
  return { id: system.id, title: system.title, running };
}

function kindsOfCases(): ReadonlySet<Kind> {
  return new Set(CASES.map(({ kind }) => kind));
}

/** The longest request of this kind, since that is where a limit would show. */
async function verifyKind({ port, address }: Running, kind: Kind): Promise<void> {
  const longest = Math.max(...CASES.filter((one) => one.kind === kind).map(({ bodyBytes }) => bodyBytes));
  const asked = address(kind);
  await verify(port, requestBytes(asked, kind, longest), { kind, model: asked.saysModel });
}

function inOneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, 500);
}

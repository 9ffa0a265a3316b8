import { Cancellation } from '../model/cancellation.ts';
import { Ask } from '../model/request.ts';
import type { Turn } from '../model/turn.ts';
import type { Pipeline } from './run.ts';
import { unheard, type UnheardPorts } from './unheard.ts';

/** What checking targets needs. */
export interface CheckPorts<Target> extends UnheardPorts {
  /** Who is to be asked now. */
  readonly due: () => readonly Target[];
  /** Asks one target, once. */
  readonly sendTo: (target: Target) => Pipeline['send'];
}

/** As few tokens as there can be. */
const QUESTION = 'Say OK.';
const OUTPUT_TOKENS_MAX = 16;

/** Asks targets a short question, to know how they do before a caller has to. Nobody's limits and budget know of it. */
export function targetChecks<Target>(ports: CheckPorts<Target>): () => Promise<void> {
  let running: Promise<unknown> | undefined;
  return async () => {
    if (running) return; // those of the last time are still at it
    running = Promise.all(ports.due().map((target) => unheard(question(ports), ports.sendTo(target), ports)));
    await running.finally(() => (running = undefined));
  };
}

function question({ newId }: Pick<UnheardPorts, 'newId'>): Turn {
  return {
    id: newId(),
    caller: { keyId: 'health', role: 'basic' },
    dialect: 'openai-chat',
    ask: Ask.made({
      model: 'health-check',
      stream: false,
      usageWanted: true,
      maxOutputTokens: OUTPUT_TOKENS_MAX,
      messages: [{ role: 'user', content: [{ type: 'text', text: QUESTION }] }],
    }),
    switches: { tags: ['health-check'], retriesMax: 0, disableFallbacks: true, dropParams: true },
    ownFields: [],
    cancellation: new Cancellation(),
    headers: {},
    warnings: [],
  };
}

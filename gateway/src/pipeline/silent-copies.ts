import { Cancellation } from '../model/cancellation.ts';
import { Ask } from '../model/request.ts';
import type { Caller, Turn } from '../model/turn.ts';
import type { Pipeline } from './run.ts';
import { unheard, type UnheardPorts } from './unheard.ts';

/** What sending copies needs. */
export interface SilentPorts extends UnheardPorts {
  /** The model that hears what this one is asked, if any. */
  readonly silentModelOf: (model: string) => string | undefined;
  /** Copies that are being answered at one time; further ones aren't made. */
  readonly copiesMax: number;
}

/** Whose turns they are: no caller's, so nobody's limits and budget know of them. */
const NOBODY: Caller = { keyId: 'silent', role: 'basic' };
const TAG = 'silent';

/**
 * Sends a copy of what some models are asked to another one as well, to see how that would do. Nobody waits for it and
 * nobody hears its answer; it leaves a record of its own.
 */
export function withSilentCopies(send: Pipeline['send'], ports: SilentPorts): Pipeline['send'] {
  let running = 0;
  const copy = async (turn: Turn): Promise<void> => {
    running += 1;
    await unheard(turn, send, ports);
    running -= 1;
  };
  return (turn, trail) => {
    const model = ports.silentModelOf(turn.ask.head.model);
    // The caller's own request goes first.
    if (model !== undefined && running < ports.copiesMax) setImmediate(() => void copy(copyOf(turn, model, ports)));
    return send(turn, trail);
  };
}

function copyOf(turn: Turn, model: string, { newId }: Pick<SilentPorts, 'newId'>): Turn {
  const { tags = [], additionalDropParams, allowedOpenaiParams, regions, maskInLogs } = turn.switches;
  const wishes = { additionalDropParams, allowedOpenaiParams, regions, maskInLogs };
  const kept = Object.fromEntries(Object.entries(wishes).filter(([, wish]) => wish !== undefined));
  const { regions: ofKey, privacy } = turn.caller;
  return {
    id: newId(),
    caller: { ...NOBODY, ...(ofKey ? { regions: ofKey } : {}), ...(privacy ? { privacy } : {}) },
    dialect: turn.dialect,
    ask: Ask.made({ ...turn.ask.look(), model }),
    switches: { ...kept, tags: [...tags, TAG], retriesMax: 0, disableFallbacks: true, dropParams: true },
    ownFields: [],
    cancellation: new Cancellation(),
    headers: turn.headers,
    warnings: [],
  };
}

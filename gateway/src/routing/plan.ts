import { GatewayError } from '../model/error.ts';
import type { ErrorCode } from '../model/error-rules.ts';
import type { Turn } from '../model/turn.ts';
import type { Catalog } from './catalog.ts';
import type { Chooser } from './chooser.ts';
import type { Deployment } from './deployment.ts';

/** Lists of fallbacks, by the model name asked for. */
export interface FallbackSettings {
  readonly fallbacks: Readonly<Record<string, readonly string[]>>;
  readonly defaultFallbacks: readonly string[];
  readonly contextWindowFallbacks: Readonly<Record<string, readonly string[]>>;
  readonly contentPolicyFallbacks: Readonly<Record<string, readonly string[]>>;
}

/** One model name and the deployments that serve it, in the order to ask them. */
export interface Stop {
  readonly name: string;
  readonly deployments: readonly Deployment[];
}

/** What to ask, and what to ask when that fails. */
export interface Plan {
  readonly first: Stop;
  /** Where to go on after an error of this kind; empty when there is nowhere. */
  readonly after: (code: ErrorCode) => readonly Stop[];
}

/** Turns a model name into places to ask. Throws `model.unknown`, `key.forbidden`. */
export function plan(turn: Turn, catalog: Catalog, settings: FallbackSettings, chooser: Pick<Chooser, 'order'>): Plan {
  const name = turn.ask.head.model;
  const stop = (of: string): Stop => ({ name: of, deployments: chooser.order(of, catalog.deploymentsOf(of), turn) });
  return {
    first: stop(name),
    after: (code) =>
      turn.switches.disableFallbacks
        ? []
        : namesAfter(code, turn, settings)
            .filter((next) => next !== name && (turn.caller.models?.includes(next) ?? true))
            .flatMap((next) => known(() => stop(next))),
  };
}

const PASSED_OVER: ReadonlySet<ErrorCode> = new Set(['model.unknown', 'key.forbidden']);

/** A fallback that nobody serves, or nobody for this request, is passed over: the caller shall hear of the first failure, not of this. */
function known(stop: () => Stop): Stop[] {
  try {
    return [stop()];
  } catch (thrown) {
    if (thrown instanceof GatewayError && PASSED_OVER.has(thrown.code)) return [];
    throw thrown;
  }
}

function namesAfter(code: ErrorCode, { ask, switches }: Turn, settings: FallbackSettings): readonly string[] {
  if (switches.fallbacks) return switches.fallbacks;
  const { model } = ask.head;
  const special =
    code === 'upstream.context-window'
      ? settings.contextWindowFallbacks
      : code === 'upstream.content-policy'
        ? settings.contentPolicyFallbacks
        : {};
  return own(special, model) ?? own(settings.fallbacks, model) ?? settings.defaultFallbacks;
}

function own(lists: Readonly<Record<string, readonly string[]>>, name: string): readonly string[] | undefined {
  return Object.hasOwn(lists, name) ? lists[name] : undefined;
}

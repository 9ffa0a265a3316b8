import type { Behaviour } from './behaviour.ts';
import type { ScriptedRequest } from './scripted-request.ts';
import type { Asked } from './voice.ts';

/** Decides how one request is answered. */
export type Script = (request: ScriptedRequest, asked: Asked) => Behaviour;

/** Answers by the model's name; `otherwise` for every other name. */
export function byModel(
  table: Readonly<Record<string, Behaviour | Script>>,
  otherwise: Behaviour | Script = {},
): Script {
  const scripts = new Map(Object.entries(table).map(([name, one]) => [name, scriptOf(one)]));
  const rest = scriptOf(otherwise);
  return (request, asked) => (scripts.get(asked.model) ?? rest)(request, asked);
}

/** Answers the first request by the first behaviour, and so on; the last one stays. */
export function inTurn(...behaviours: readonly (Behaviour | Script)[]): Script {
  const scripts = behaviours.map(scriptOf);
  let next = 0;
  return (request, asked) => {
    const script = scripts[Math.min(next, scripts.length - 1)];
    next += 1;
    return script?.(request, asked) ?? {};
  };
}

/** Fails so many times, then answers. */
export function failing(times: number, failure: Behaviour, then: Behaviour = {}): Script {
  return inTurn(...Array.from({ length: times }, () => failure), then);
}

/** A behaviour is a script that always answers the same. */
export function scriptOf(one: Behaviour | Script): Script {
  return typeof one === 'function' ? one : () => one;
}

import type { ErrorCode } from '../model/error-rules.ts';
import type { StrategyName } from '../model/strategy-name.ts';
import type { Turn } from '../model/turn.ts';
import type { Catalog } from './catalog.ts';
import type { Chooser, Placed } from './chooser.ts';
import { type FallbackSettings, plan } from './plan.ts';

/** One name with its targets in the order to ask them. */
export interface ExplainedStop {
  readonly name: string;
  readonly strategy: StrategyName;
  readonly targets: readonly Placed[];
}

/** Where a request would go. */
export interface RouteExplanation {
  readonly first: ExplainedStop;
  /** Where it would go on, by the kind of the first failure. */
  readonly after: readonly { readonly codes: readonly ErrorCode[]; readonly stops: readonly ExplainedStop[] }[];
}

/** One of each kind that has a list of its own; the first stands for all failures. */
const KINDS = ['upstream.broke', 'upstream.context-window', 'upstream.content-policy'] as const;

/** Says where a request would go, and why, without asking anybody. Throws `model.unknown`, `key.forbidden`. */
export function explained(
  turn: Turn,
  {
    catalog,
    settings,
    chooser,
  }: { readonly catalog: Catalog; readonly settings: FallbackSettings; readonly chooser: Chooser },
): RouteExplanation {
  const stop = (name: string): ExplainedStop => ({
    name,
    strategy: chooser.strategyOf(name).id,
    targets: chooser.explain(name, catalog.deploymentsOf(name), turn),
  });
  const { first, after } = plan(turn, catalog, settings, chooser);
  const lists = new Map<string, ErrorCode[]>();
  for (const code of KINDS) {
    const names = after(code).map(({ name }) => name);
    if (names.length > 0) lists.set(JSON.stringify(names), [...(lists.get(JSON.stringify(names)) ?? []), code]);
  }
  return {
    first: stop(first.name),
    after: [...lists].map(([names, codes]) => ({ codes, stops: (JSON.parse(names) as string[]).map(stop) })),
  };
}

import type { Config } from './config/schema.ts';
import type { OperationSettings } from './passthrough/settings.ts';
import type { Catalog } from './routing/catalog.ts';
import type { DispatchPorts } from './routing/dispatch.ts';
import type { Passage } from './passthrough/passage.ts';
import { tokenCounter } from './tokens/count.ts';
import type { Stage } from './stages/contract.ts';

/** What operations have in common with chats. */
export interface OperationGround {
  readonly stations: { readonly limits: Stage; readonly guard: Stage; readonly maskPii: Stage };
  readonly names: Catalog;
  readonly settings: Passage['settings'];
  readonly ports: DispatchPorts;
}

/** Operations besides chats, as the configuration has them. */
export function operationsOf(config: Config, { stations, ...ground }: OperationGround): OperationSettings {
  return {
    passage: {
      ...ground,
      admission: stations.limits,
      inspectors: [stations.guard, stations.maskPii],
      limits: config.operations,
      routing: config.routing,
    },
    countText: async (text, model) => {
      const { tokenizer, count } = await tokenCounter(model);
      return { tokens: count(text), tokenizer };
    },
  };
}

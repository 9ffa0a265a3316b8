/** The ways to choose among targets, by name, in the order the docs show them. */
export const STRATEGY_NAMES = ['shuffle', 'least-busy', 'latency', 'usage', 'cost', 'prompt-cache'] as const;

/** The name of one of them. */
export type StrategyName = (typeof STRATEGY_NAMES)[number];

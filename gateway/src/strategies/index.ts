import type { StrategyName } from '../model/strategy-name.ts';
import type { Strategy } from './contract.ts';
import { cost } from './cost.ts';
import { latency } from './latency.ts';
import { leastBusy } from './least-busy.ts';
import { promptCache } from './prompt-cache.ts';
import { shuffle } from './shuffle.ts';
import { usage } from './usage.ts';

/** Every strategy by its name. */
export const strategies: Readonly<Record<StrategyName, Strategy>> = {
  shuffle,
  'least-busy': leastBusy,
  latency,
  usage,
  cost,
  'prompt-cache': promptCache,
};

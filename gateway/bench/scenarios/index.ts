import { cache } from './cache.ts';
import type { Scenario } from './contract.ts';
import { dialectsScenario } from './dialects.ts';
import { features } from './features.ts';
import { latency } from './latency.ts';
import { soakScenario } from './soak.ts';

/** Every scenario there is. */
export const scenarios: readonly Scenario[] = [latency, features, dialectsScenario, cache, soakScenario];

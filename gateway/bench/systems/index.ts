import { bare } from './bare.ts';
import type { System } from './contract.ts';
import { nginx } from './nginx.ts';
import { ours, oursStoreless } from './ours.ts';
import { portkey } from './portkey.ts';

/** Everything that is measured side by side. */
export const systems: readonly System[] = [nginx, bare, ours, oursStoreless, portkey];

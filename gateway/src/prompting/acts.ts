import { classify } from './classify.ts';
import type { Act, ActName } from './contract.ts';
import { evolve } from './evolve.ts';
import { generate } from './generate.ts';
import { optimize } from './optimize.ts';
import { translate } from './translate.ts';

/** All that can be done with prompts, by name. */
export const acts: Readonly<Record<ActName, Act>> = { translate, generate, optimize, evolve, classify };

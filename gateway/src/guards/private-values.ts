import { detectors } from '../detectors/index.ts';
import type { Guard } from './contract.ts';

const KINDS = detectors.filter(({ kind }) => kind !== 'secret' && kind !== 'credentials');

/** Private data of people, where it is to be refused or removed instead of being masked and restored. */
export const privateValues: Guard = {
  category: 'private-data',
  reads: new Set(['user', 'assistant', 'tool', 'output']),
  judge: (text) =>
    KINDS.flatMap(({ kind, find }) => find(text).map(({ start, end }) => ({ start, end, score: 1, rule: kind }))),
};

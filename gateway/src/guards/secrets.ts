import { credentialUrl } from '../detectors/credential-url.ts';
import { secret } from '../detectors/secret.ts';
import type { Guard } from './contract.ts';

/** Keys, tokens and passwords, whoever says them. */
export const secrets: Guard = {
  category: 'secrets',
  reads: new Set(['system', 'developer', 'user', 'assistant', 'tool', 'tools', 'settings', 'output']),
  judge: (text) =>
    [secret, credentialUrl].flatMap(({ kind, find }) =>
      find(text).map(({ start, end }) => ({ start, end, score: 1, rule: kind })),
    ),
};

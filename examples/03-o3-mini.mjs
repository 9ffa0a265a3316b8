// A model that reasons, and how much it may.
import { ask } from './gateway.mjs';

await ask('How many primes are there below 30?', { model: 'o3-mini', reasoning_effort: 'low' });

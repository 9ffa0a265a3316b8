// The calculator, found by a pattern. It calculates exactly, which a model doesn't.
import { ask } from './gateway.mjs';

await ask('Calculate 15% of 85.50');

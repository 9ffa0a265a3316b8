// The same for the calculator, also with named parameters.
import { ask } from './gateway.mjs';

await ask('#calculator Calculate 15% of 85.50 + 25');
await ask('#function calculator(expression="2+2*5")');

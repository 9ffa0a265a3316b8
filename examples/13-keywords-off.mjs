// The same sentence twice: once a tool answers it, once the request says that the model shall.
import { ask } from './gateway.mjs';

await ask('Calculate 15% of 85.50');
await ask('Calculate 15% of 85.50', { disable_keyword_detection: true });

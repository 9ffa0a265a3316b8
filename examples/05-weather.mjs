// A plain sentence that a keyword pattern knows is answered by a tool.
// Patterns are off until ENABLE_KEYWORD_DETECTION=1.
import { ask } from './gateway.mjs';

await ask('What is the weather in New York?');

// A message may name the tool it wants. This needs no patterns.
import { ask } from './gateway.mjs';

await ask('#weather What is the weather in San Francisco?');

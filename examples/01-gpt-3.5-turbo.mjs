// One question to one model. The name is asked as it stands; nothing swaps it.
import { ask } from './gateway.mjs';

const { model } = await ask('What is a gateway, in one sentence?', { model: 'gpt-3.5-turbo' });
console.log(`answered as ${model}`);

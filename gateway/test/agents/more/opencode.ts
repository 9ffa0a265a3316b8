import { join } from 'node:path';
import { put } from '../desk.ts';
import { type Agent, entryOf, QUESTION, workOffline } from './agent.ts';

const entry = entryOf('opencode-ai/bin/opencode.exe');
const MODEL = 'gateway/gpt-4o-mini';

/** Opencode, which here speaks OpenAI's API. */
export const opencode: Agent = {
  name: 'opencode',
  entry,
  tool: { name: 'read', argument: 'filePath' },
  targets: ['openai/gpt-4o-mini', 'anthropic/claude-sonnet-4-5', 'gemini/gemini-2.5-flash'],
  ask: ({ desk, url, key }) => {
    const provider = {
      npm: '@ai-sdk/openai-compatible',
      name: 'Gateway',
      options: { baseURL: `${url}/v1`, apiKey: key },
      models: { 'gpt-4o-mini': { name: 'Small' } },
    };
    const quiet = { enabled_providers: ['gateway'], autoupdate: false, share: 'disabled' };
    put(join(desk.folder, 'opencode.json'), {
      model: MODEL,
      small_model: MODEL,
      ...quiet,
      provider: { gateway: provider },
    });
    const env = { OPENCODE_DISABLE_MODELS_FETCH: '1', OPENCODE_DISABLE_AUTOUPDATE: '1' };
    return workOffline(entry, ['run', QUESTION], { desk, env });
  },
};

import { join } from 'node:path';
import { put } from '../desk.ts';
import { type Agent, entryOf, QUESTION, workOffline } from './agent.ts';

const entry = entryOf('@continuedev/cli/dist/cn.js');

/** Continue's command line, which here speaks OpenAI's API. */
export const continueDev: Agent = {
  name: 'Continue',
  entry,
  tool: { name: 'Read', argument: 'filepath' },
  targets: ['openai/gpt-4o-mini', 'anthropic/claude-sonnet-4-5', 'gemini/gemini-2.5-flash'],
  ask: ({ desk, url, key }) => {
    const settings = join(desk.home, 'cn.yaml');
    const model = { provider: 'openai', model: 'gpt-4o-mini', apiBase: `${url}/v1`, apiKey: key, roles: ['chat'] };
    // JSON is YAML.
    put(settings, { name: 'gateway', version: '0.0.1', schema: 'v1', models: [{ name: 'small', ...model }] });
    const env = { CONTINUE_TELEMETRY_ENABLED: '0' };
    return workOffline(entry, ['--config', settings, '-p', QUESTION], { desk, env });
  },
};

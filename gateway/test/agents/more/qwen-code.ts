import { join } from 'node:path';
import { put } from '../desk.ts';
import { type Agent, entryOf, QUESTION, workOffline } from './agent.ts';

const entry = entryOf('@qwen-code/qwen-code/cli.js');

/** Qwen's agent, which speaks OpenAI's API. */
export const qwenCode: Agent = {
  name: 'qwen-code',
  entry,
  tool: { name: 'read_file', argument: 'file_path' },
  targets: ['openai/gpt-4o-mini', 'anthropic/claude-sonnet-4-5', 'gemini/gemini-2.5-flash'],
  ask: ({ desk, url, key }) => {
    put(join(desk.home, '.qwen/settings.json'), {
      privacy: { usageStatisticsEnabled: false },
      telemetry: { enabled: false },
      general: { disableAutoUpdate: true },
    });
    // It would ask the loopback interface through the proxy as well.
    const env = { OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_KEY: key, OPENAI_MODEL: 'gpt-4o-mini', HTTPS_PROXY: '' };
    return workOffline(entry, ['--auth-type', 'openai', '-p', QUESTION], { desk, env });
  },
};

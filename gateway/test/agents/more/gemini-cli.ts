import { join } from 'node:path';
import { put } from '../desk.ts';
import { type Agent, entryOf, QUESTION, workOffline } from './agent.ts';

const entry = entryOf('@google/gemini-cli/bundle/gemini.js');

/** Google's agent, which speaks Gemini's API. */
export const geminiCli: Agent = {
  name: 'Gemini CLI',
  entry,
  tool: { name: 'read_file', argument: 'file_path' },
  targets: ['gemini/gemini-2.5-flash', 'anthropic/claude-sonnet-4-5', 'openai/gpt-4o-mini'],
  // It asks for `topK`, and for `topP` beside a temperature.
  dropParams: true,
  ask: ({ desk, url, key }) => {
    put(join(desk.home, '.gemini/settings.json'), {
      security: { auth: { selectedType: 'gemini-api-key' } },
      privacy: { usageStatisticsEnabled: false },
      telemetry: { enabled: false },
      general: { enableAutoUpdate: false },
    });
    const env = { GOOGLE_GEMINI_BASE_URL: url, GEMINI_API_KEY: key, GEMINI_CLI_TRUST_WORKSPACE: 'true' };
    return workOffline(entry, ['-m', 'gemini-2.5-flash', '-p', QUESTION], { desk, env });
  },
};

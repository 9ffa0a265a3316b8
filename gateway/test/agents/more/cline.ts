import { join } from 'node:path';
import { put } from '../desk.ts';
import { type Agent, entryOf, QUESTION, workOffline } from './agent.ts';

const entry = entryOf('cline/bin/cline');
const MODEL = 'gpt-4o-mini';

/** Cline's command line, which here speaks OpenAI's API. */
export const cline: Agent = {
  name: 'Cline',
  entry,
  tool: { name: 'read_files', argument: 'files', asking: (path) => [{ path }] },
  targets: ['openai/gpt-4o-mini', 'anthropic/claude-sonnet-4-5', 'gemini/gemini-2.5-flash'],
  ask: async ({ desk, url, key }) => {
    const provider = ['openai-compatible', '-k', key, '-m', MODEL];
    const settings = join(desk.home, 'settings.json');
    put(settings, { telemetryOptOut: true, autoUpdateEnabled: false });
    // Without `local` it leaves a process behind that serves later tasks.
    const env = {
      CLINE_SESSION_BACKEND_MODE: 'local',
      CLINE_NO_AUTO_UPDATE: '1',
      CLINE_GLOBAL_SETTINGS_PATH: settings,
    };
    const task = { desk, env };
    await workOffline(entry, ['auth', ...provider, '-b', `${url}/v1`], task);
    return workOffline(entry, ['-P', ...provider, QUESTION], task);
  },
};

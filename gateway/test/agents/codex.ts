import { installed, type Desk, type Work, work } from './desk.ts';

/** Codex's entry, if it is installed. */
export const codex = installed('@openai/codex/bin/codex.js');

interface Question {
  readonly desk: Desk;
  readonly url: string;
  readonly key: string;
}

/** Lets Codex look at the notes; what it prints last is its answer. */
export function askCodex({ desk, url, key }: Question): Promise<Work> {
  const gateway = `{name="gateway",base_url="${url}/v1",env_key="SYNTHLANG_KEY",wire_api="responses",request_max_retries=0,stream_max_retries=0}`;
  const settings = ['model_provider="gateway"', `model_providers.gateway=${gateway}`];
  const words = ['exec', '--skip-git-repo-check', '--sandbox', 'read-only', '-m', 'gpt-4o-mini'];
  const wishes = settings.flatMap((setting) => ['-c', setting]);
  return work(codex ?? '', [...words, ...wishes, 'Which words are in the notes?'], {
    desk,
    env: { SYNTHLANG_KEY: key, CODEX_HOME: desk.home },
  });
}

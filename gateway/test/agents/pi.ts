import { join } from 'node:path';
import { type Desk, installed, put, type Work, work } from './desk.ts';

/** Pi's entry, if it is installed. */
export const pi = installed('@mariozechner/pi-coding-agent/dist/cli.js');

interface Question {
  readonly desk: Desk;
  readonly url: string;
  readonly key: string;
}

/** Lets pi look at the notes; what it prints is its last answer. */
export function askPi({ desk, url, key }: Question): Promise<Work> {
  const model = { id: 'gpt-4o-mini', name: 'Small', reasoning: true, contextWindow: 128_000, maxTokens: 4096 };
  const provider = { baseUrl: `${url}/v1`, apiKey: 'SYNTHLANG_KEY', api: 'openai-completions', models: [model] };
  put(join(desk.home, '.pi/agent/models.json'), { providers: { gateway: provider } });
  const words = ['--provider', 'gateway', '--model', model.id, '--no-session', '-p', 'Which words are in the notes?'];
  const env = { SYNTHLANG_KEY: key, PI_OFFLINE: '1', PI_SKIP_VERSION_CHECK: '1', PI_TELEMETRY: '0' };
  return work(pi ?? '', words, { desk, env });
}

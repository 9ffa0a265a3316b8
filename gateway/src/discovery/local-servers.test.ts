import { describe, expect, test } from 'vitest';
import { providers } from '../providers/index.ts';
import { foundText } from './found-text.ts';
import { localNames, type LocalSearch, localServers } from './local-servers.ts';

interface Around {
  /** What is answered at which address; all else refuses the connection. */
  readonly answers: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly own?: string;
  readonly settings?: LocalSearch['providers'];
}

async function lookedAt({ answers, env = {}, own = 'http://127.0.0.1:4000', settings = {} }: Around) {
  const asked: { readonly url: string; readonly key: string | undefined }[] = [];
  const found = await localServers(providers, {
    providers: settings,
    environment: (name) => env[name],
    own: new URL(own),
    ask: (url, headers) => {
      asked.push({ url: url.href, key: headers['authorization'] });
      return url.href in answers ? Promise.resolve(answers[url.href]) : Promise.reject(new Error('ECONNREFUSED'));
    },
  });
  return { found, asked, urls: asked.map(({ url }) => url) };
}

const OLLAMA = 'http://127.0.0.1:11434/api/tags';
const LM_STUDIO = 'http://localhost:1234/v1/models';
const LLAMA = 'http://127.0.0.1:8080/v1/models';
const VLLM = 'http://127.0.0.1:8000/v1/models';
const tags = (...names: readonly unknown[]) => ({ models: names.map((name) => ({ name, size: 1 })) });
const list = (owner: string | undefined, ...ids: readonly string[]) => ({
  object: 'list',
  data: ids.map((id) => ({ id, object: 'model', owned_by: owner })),
});

describe('the servers on this machine', () => {
  test('are asked for their models, each at its usual port', async () => {
    const answers = {
      [OLLAMA]: tags('llama3.2:latest', 'qwen3:8b'),
      [LM_STUDIO]: list('organization_owner', 'gemma-3'),
      [LLAMA]: list('llamacpp', 'local.gguf'),
      [VLLM]: list('vllm', 'meta-llama/Llama-3.1-8B'),
    };
    const { found, urls } = await lookedAt({ answers });
    expect(urls.toSorted()).toEqual(Object.keys(answers).toSorted());
    expect(new Map(found.map((server) => [server.provider, [server.name, server.baseUrl, server.models]]))).toEqual(
      new Map([
        ['ollama', ['Ollama', 'http://127.0.0.1:11434', ['llama3.2:latest', 'qwen3:8b']]],
        ['lm_studio', ['LM Studio', 'http://localhost:1234/v1', ['gemma-3']]],
        ['llamafile', ['llama.cpp', 'http://127.0.0.1:8080/v1', ['local.gguf']]],
        ['hosted_vllm', ['vLLM', 'http://127.0.0.1:8000/v1', ['meta-llama/Llama-3.1-8B']]],
      ]),
    );
    expect(localNames(providers).toSorted()).toEqual(['LM Studio', 'Ollama', 'llama.cpp', 'vLLM']);
  });

  test.each([
    ['where nothing answers', {}],
    ['by a port that another program has', { [LLAMA]: list('someone', 'm'), [VLLM]: list(undefined, 'm') }],
    ['by an empty list that any program could say', { [LLAMA]: list('llamacpp'), [VLLM]: { data: [] } }],
    ['by an answer that is no list', { [OLLAMA]: { models: 'many' }, [LM_STUDIO]: [], [LLAMA]: 'Hello', [VLLM]: null }],
  ])('are not found %s', async (_, answers) => expect((await lookedAt({ answers })).found).toEqual([]));

  test('may have no models yet, and names that are none are passed over', async () => {
    const none = await lookedAt({ answers: { [OLLAMA]: tags() } });
    expect(none.found).toMatchObject([{ name: 'Ollama', models: [] }]);
    const odd = await lookedAt({ answers: { [OLLAMA]: tags('', 7, 'x'.repeat(1000), 'good') } });
    expect(odd.found).toMatchObject([{ models: ['good'] }]);
  });

  test('are looked for where the environment or the settings say, and not at all where they are switched off', async () => {
    const { urls } = await lookedAt({
      answers: {},
      env: { OLLAMA_HOST: '0.0.0.0:9000', LM_STUDIO_API_BASE: 'http://10.0.0.5:1234/v1/' },
      settings: { llamafile: { enabled: false }, hosted_vllm: { enabled: true, baseUrl: 'http://gpu:8001/v1' } },
    });
    const wanted = ['http://127.0.0.1:9000/api/tags', 'http://10.0.0.5:1234/v1/models', 'http://gpu:8001/v1/models'];
    expect(urls.toSorted()).toEqual(wanted.toSorted());
  });

  test('are shown a key only where the operator says that it is theirs', async () => {
    const env = { OLLAMA_API_KEY: 'CANARY-1', HOSTED_VLLM_API_KEY: 'CANARY-2', LM_STUDIO_API_KEY: 'CANARY-3' };
    expect((await lookedAt({ answers: {}, env })).asked.map(({ key }) => key)).toEqual(Array(4).fill(undefined));
    const elsewhere = await lookedAt({ answers: {}, env: { ...env, OLLAMA_API_BASE: 'https://ollama.com' } });
    const keys = elsewhere.asked.flatMap(({ url, key }) => (key === undefined ? [] : [[url, key]]));
    expect(keys).toEqual([['https://ollama.com/api/tags', 'Bearer CANARY-1']]);
  });

  test.each(['http://127.0.0.1:8000', 'http://0.0.0.0:8000', 'http://[::1]:8000'])(
    'don’t include this gateway itself, at %s',
    async (own) => expect((await lookedAt({ answers: { [VLLM]: list('vllm', 'm') }, own })).urls).not.toContain(VLLM),
  );
});

test('what was found is told in a line each, and a terminal has nothing to obey in it', () => {
  const place = { provider: 'ollama', name: 'Ollama', baseUrl: 'http://127.0.0.1:11434' };
  const text = foundText([
    { ...place, models: ['a', 'b\u001b[2J', 'c', 'd', 'e'] },
    { ...place, name: 'vLLM', models: [] },
  ]);
  expect(text).toBe(
    '\nFound on this machine: Ollama at http://127.0.0.1:11434 (ollama/a, ollama/b?[2J, ollama/c and 2 more)\n' +
      'Found on this machine: vLLM at http://127.0.0.1:11434 (no models yet)\n',
  );
});

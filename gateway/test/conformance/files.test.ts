import type OpenAI from 'openai';
import type * as Sdk from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type OperationsScene, openOperationsScene, PROVIDER_KEY } from './operations-scene.ts';
import type { PlainAnswer, PlainRequest } from '../plain-provider.ts';
import { openaiPackage } from './sdks.ts';

let sdk: typeof Sdk;
let scene: OperationsScene;
let ann: OpenAI;
let bob: OpenAI;
beforeAll(async () => {
  [sdk, scene] = await Promise.all([
    openaiPackage(),
    openOperationsScene(() => ({ operations: { filesProvider: 'openai', fileBytesMax: 1_000_000 } })),
  ]);
  const clientOf = async (): Promise<OpenAI> => {
    const { key } = await scene.keyWith({});
    return new sdk.OpenAI({ baseURL: `${scene.gateway.url}/v1`, apiKey: key, maxRetries: 0 });
  };
  [ann, bob] = await Promise.all([clientOf(), clientOf()]);
});
afterAll(() => scene.close());

/** What lies at the provider, whoever made it. */
let kept: Map<string, Record<string, unknown>>;
let count = 0;
beforeEach(() => {
  kept = new Map();
  scene.provider.answer = answer;
});

function answer({ method, url, json }: PlainRequest): PlainAnswer {
  if (url === '/v1/chat/completions') return { json: READ };
  const [, kind = '', id, part] = /^\/v1\/(files|batches)(?:\/([^/]+))?(?:\/(\w+))?$/.exec(url) ?? [];
  if (id === undefined && method === 'POST') {
    count += 1;
    const made = kind === 'files' ? { id: `file-${count}`, object: 'file', purpose: 'batch' } : batchOf(json);
    kept.set(made.id, made);
    return { json: made };
  }
  const found = kept.get(id ?? '');
  if (!found) return { status: 404, json: { error: { message: 'No such thing.' } } };
  if (part === 'content') return { headers: { 'content-type': 'application/octet-stream' }, bytes: 'line\n' };
  if (part === 'cancel') return { json: { ...found, status: 'cancelling' } };
  if (method === 'DELETE') return { json: { id, object: 'file', deleted: kept.delete(id ?? '') } };
  return { json: found };
}

const READ = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-4o',
  choices: [{ index: 0, message: { role: 'assistant', content: 'I read it.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
};

function batchOf({ input_file_id }: Readonly<Record<string, unknown>>) {
  const made = { id: 'file-made', object: 'file', purpose: 'batch_output' };
  kept.set(made.id, made);
  return { id: `batch_${count}`, object: 'batch', input_file_id, output_file_id: made.id };
}

const upload = async (client: OpenAI, text = '{}') =>
  client.files.create({ file: await sdk.toFile(Buffer.from(text), 'in.jsonl'), purpose: 'batch' });
const missing = { status: 404 };

describe('files', () => {
  test('are uploaded, listed, shown, read and taken away by the key that made them', async () => {
    const made = await upload(ann, 'x'.repeat(200_000));
    const asked = scene.provider.requests.at(-1);
    expect(asked?.headers.authorization).toBe(`Bearer ${PROVIDER_KEY}`);
    expect(asked?.body.includes('x'.repeat(200_000))).toBe(true);
    expect((await ann.files.list()).data.map(({ id }) => id)).toContain(made.id);
    expect(await ann.files.retrieve(made.id)).toMatchObject({ id: made.id });
    expect(await (await ann.files.content(made.id)).text()).toBe('line\n');
    expect(await ann.files.delete(made.id)).toMatchObject({ deleted: true });
    await expect(ann.files.retrieve(made.id)).rejects.toMatchObject(missing);
  });

  test('aren’t there for anybody else, whatever they do, and the provider isn’t asked', async () => {
    const made = await upload(ann);
    const before = scene.provider.requests.length;
    await expect(bob.files.retrieve(made.id)).rejects.toMatchObject(missing);
    await expect(bob.files.content(made.id)).rejects.toMatchObject(missing);
    await expect(bob.files.delete(made.id)).rejects.toMatchObject(missing);
    const batch = { input_file_id: made.id, endpoint: '/v1/chat/completions', completion_window: '24h' } as const;
    await expect(bob.batches.create(batch)).rejects.toMatchObject(missing);
    expect((await bob.files.list()).data).toEqual([]);
    expect(await scene.ask(`/v1/files/${made.id}`, undefined, { method: 'GET' })).toMatchObject(missing);
    expect(scene.provider.requests.length).toBe(before);
  });

  test('may be named in a chat by the key that made them, and by nobody else', async () => {
    const { id } = await upload(ann);
    const file = { type: 'file', file: { file_id: id } } as const;
    const asked = { model: 'gpt-4o', messages: [{ role: 'user' as const, content: [file] }] };
    expect(await ann.chat.completions.create(asked)).toMatchObject({
      choices: [{ message: { content: 'I read it.' } }],
    });
    expect(scene.provider.requests.at(-1)?.body.toString()).toContain(id);
    const before = scene.provider.requests.length;
    await expect(bob.chat.completions.create(asked)).rejects.toMatchObject(missing);
    const source = { type: 'document', source: { type: 'file', file_id: id } };
    const message = { model: 'claude-sonnet-4-5', max_tokens: 9, messages: [{ role: 'user', content: [source] }] };
    const { key } = await scene.keyWith({});
    const headers = { authorization: `Bearer ${key}` };
    expect(await scene.ask('/v1/messages', message, { headers })).toMatchObject({
      ...missing,
      json: { type: 'error', error: { type: 'not_found_error' } },
    });
    expect(scene.provider.requests.length).toBe(before);
  });

  test('come page by page', async () => {
    const { key } = await scene.keyWith({});
    const own = new sdk.OpenAI({ baseURL: `${scene.gateway.url}/v1`, apiKey: key });
    const made: string[] = [];
    for (let at = 0; at < 3; at += 1) made.push((await upload(own)).id);
    const found: string[] = [];
    for await (const { id } of own.files.list({ limit: 2 })) found.push(id);
    expect(found.sort()).toEqual(made.sort());
  });

  test.each(['..%2fadmin', '%2e%2e', 'a%20b', "'--"])('an id that is none isn’t asked for: %s', async (id) => {
    const before = scene.provider.requests.length;
    expect(await scene.ask(`/v1/files/${id}`, undefined, { method: 'GET' })).toMatchObject(missing);
    expect(scene.provider.requests.length).toBe(before);
  });

  test('that are too long are refused', async () => {
    await expect(upload(ann, 'x'.repeat(1_100_000))).rejects.toMatchObject({ status: 413 });
  });
});

describe('batches', () => {
  test('take a file of one’s own, and what they make is one’s own as well', async () => {
    const input = await upload(ann);
    const batch = await ann.batches.create({
      input_file_id: input.id,
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
    });
    expect((await ann.batches.list()).data.map(({ id }) => id)).toContain(batch.id);
    await expect(bob.batches.retrieve(batch.id)).rejects.toMatchObject(missing);
    await expect(bob.batches.cancel(batch.id)).rejects.toMatchObject(missing);
    const { output_file_id = '' } = await ann.batches.retrieve(batch.id);
    expect(await (await ann.files.content(output_file_id)).text()).toBe('line\n');
    await expect(bob.files.content(output_file_id)).rejects.toMatchObject(missing);
    expect(await ann.batches.cancel(batch.id)).toMatchObject({ status: 'cancelling' });
  });

  test.each([{ max_budget: 5 }, { models: ['gpt-4o'] }])(
    'are refused to a key whose %o they would pass by',
    async (fields) => {
      const caller = await scene.keyWith(fields);
      const body = { input_file_id: 'file-1', endpoint: '/v1/chat/completions', completion_window: '24h' };
      expect(await scene.ask('/v1/batches', body, caller)).toMatchObject({
        status: 403,
        json: { error: { code: 'operation.unmetered' } },
      });
    },
  );
});

test('without a store, or a provider for files, nothing is passed on', async () => {
  for (const config of [{ store: { enabled: false }, operations: { filesProvider: 'openai' } }, {}]) {
    const other = await openOperationsScene(() => config);
    try {
      expect(await other.ask('/v1/files', undefined, { method: 'GET' })).toMatchObject({
        status: 400,
        json: { error: { code: 'operation.unsupported' } },
      });
      expect(other.provider.requests).toEqual([]);
    } finally {
      await other.close();
    }
  }
});

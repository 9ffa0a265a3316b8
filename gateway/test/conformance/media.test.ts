import type OpenAI from 'openai';
import type * as Sdk from 'openai';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type OperationsScene, openOperationsScene, PROVIDER_KEY } from './operations-scene.ts';
import { openaiPackage } from './sdks.ts';

const HELD_BYTES_MAX = 4096;
const MEDIA_BYTES_MAX = 3_000_000;
const MODEL_WITHIN_BYTES_MAX = 200_000;

let sdk: typeof Sdk;
let scene: OperationsScene;
let client: OpenAI;
beforeAll(async () => {
  [sdk, scene] = await Promise.all([
    openaiPackage(),
    openOperationsScene(() => ({
      routing: { retriesMax: 2, backoffMinMs: 1, backoffMaxMs: 2, aliases: { ears: 'openai/whisper-1' } },
      operations: {
        heldBytesMax: HELD_BYTES_MAX,
        mediaBytesMax: MEDIA_BYTES_MAX,
        modelWithinBytesMax: MODEL_WITHIN_BYTES_MAX,
        uninspected: ['translations'],
      },
    })),
  ]);
  client = new sdk.OpenAI({ baseURL: `${scene.gateway.url}/v1`, apiKey: scene.gateway.key, maxRetries: 0 });
});
afterAll(() => scene.close());
beforeEach(() => {
  scene.provider.answer = () => ({ json: { text: 'Hello there' } });
});

const last = () => scene.provider.requests.at(-1);
const field = (name: string): string | undefined =>
  new RegExp(`name="${name}"\r\n(?:[^\r\n]+\r\n)*\r\n([^\r\n]*)\r\n`).exec(last()?.body.toString('latin1') ?? '')?.[1];
const sound = (bytes: number) => sdk.toFile(Buffer.alloc(bytes, 'ab\r\n--'), 'sound.mp3');

describe('sounds', () => {
  test.each([
    ['short', 100],
    ['long', 150_000],
  ])('a %s one is transcribed, with the provider’s name for the model', async (_, bytes) => {
    const file = await sound(bytes);
    const reply = await client.audio.transcriptions.create({ file, model: 'ears', language: 'en' });
    expect(reply.text).toBe('Hello there');
    expect(last()).toMatchObject({ method: 'POST', url: '/v1/audio/transcriptions' });
    expect([field('model'), field('language')]).toEqual(['whisper-1', 'en']);
    expect(last()?.body.includes(Buffer.alloc(bytes, 'ab\r\n--'))).toBe(true);
    expect(last()?.headers['content-length']).toBe(String(last()?.body.length));
    expect(last()?.headers.authorization).toBe(`Bearer ${PROVIDER_KEY}`);
    expect(JSON.stringify(last()?.headers)).not.toContain(scene.gateway.key);
  });

  test('short ones are sent again when the provider fails, long ones are not', async () => {
    let failures = 0;
    scene.provider.answer = () => ((failures += 1) % 2 === 1 ? { status: 500, json: {} } : { json: { text: 'again' } });
    const model = 'whisper-1';
    const short = await client.audio.transcriptions.create({ model, file: await sound(100) });
    expect(short.text).toBe('again');
    failures = 0;
    await expect(client.audio.transcriptions.create({ model, file: await sound(100_000) })).rejects.toMatchObject({
      status: 500,
    });
    expect(failures).toBe(1);
  });

  test('more than may be uploaded is refused, however it comes', async () => {
    const before = scene.provider.requests.length;
    const file = await sound(MEDIA_BYTES_MAX);
    await expect(client.audio.transcriptions.create({ file, model: 'whisper-1' })).rejects.toMatchObject({
      status: 413,
    });
    expect(await uploaded('?model=whisper-1', form([['file', 'x'.repeat(MEDIA_BYTES_MAX)]]), 'chunked')).toBe(413);
    expect(scene.provider.requests.length).toBe(before);
  });

  test('a model that is said too late is asked for earlier, and can be said in the query', async () => {
    const file = 'x'.repeat(MODEL_WITHIN_BYTES_MAX + 100_000);
    expect(
      await uploaded(
        '',
        form([
          ['file', file],
          ['model', 'whisper-1'],
        ]),
      ),
    ).toBe(400);
    expect(await uploaded('?model=ears', form([['file', file]]))).toBe(200);
    expect(field('model')).toBe('whisper-1');
    expect(
      await uploaded(
        '?model=ears',
        form([
          ['file', file],
          ['model', 'whisper-1'],
        ]),
      ),
    ).toBe(400);
  });

  test('a second model behind the first is never sent to its end', async () => {
    const before = scene.provider.requests.length;
    const parts: [string, string][] = [
      ['model', 'whisper-1'],
      ['file', 'x'.repeat(50_000)],
      ['model', 'other'],
    ];
    expect(await uploaded('', form(parts))).toBe(400);
    expect(scene.provider.requests.length).toBe(before);
  });

  test.each([
    ['no form', 'application/json', '{}', 415],
    ['no boundary', 'multipart/form-data', '', 415],
    ['another boundary', 'multipart/form-data; boundary=other', form([['model', 'm']]), 400],
    ['half a form', 'multipart/form-data; boundary=edge', form([['model', 'm']]).slice(0, -6), 400],
    ['no model', 'multipart/form-data; boundary=edge', form([['file', 'm']]), 400],
  ])('%s is refused', async (_, type, body, status) => {
    expect(await scene.ask('/v1/audio/transcriptions', body, { headers: { 'content-type': type } })).toMatchObject({
      status,
    });
  });

  test('what a transcription took is counted, whole or streamed', async () => {
    const usage = { type: 'tokens', input_tokens: 1000, output_tokens: 10, total_tokens: 1010 };
    scene.provider.answer = () => ({ json: { text: 'Say "usage":{"input_tokens":1}', usage } });
    await client.audio.transcriptions.create({ file: await sound(10), model: 'gpt-4o-transcribe' });
    await expect.poll(scene.lastSpend).toMatchObject({ model: 'gpt-4o-transcribe', spend: 0.0026 });
    scene.provider.answer = () => ({
      headers: { 'content-type': 'text/event-stream' },
      bytes: `data: {"type":"transcript.text.delta","delta":"Hi"}\n\ndata: ${JSON.stringify({ type: 'transcript.text.done', text: 'Hi', usage: { ...usage, input_tokens: 2000 } })}\n\n`,
    });
    const stream = await client.audio.transcriptions.create({
      file: await sound(10),
      model: 'gpt-4o-transcribe',
      stream: true,
    });
    const types: string[] = [];
    for await (const { type } of stream) types.push(type);
    expect(types).toEqual(['transcript.text.delta', 'transcript.text.done']);
    await expect.poll(scene.lastSpend).toMatchObject({ model: 'gpt-4o-transcribe', spend: 0.0051 });
  });

  test('speech is passed on as bytes', async () => {
    const bytes = Buffer.from([0xff, 0xfb, 0, 1, 2]);
    scene.provider.answer = () => ({ headers: { 'content-type': 'audio/mpeg', 'set-cookie': 'a=b' }, bytes });
    const reply = await client.audio.speech.create({ model: 'openai/tts-1', voice: 'alloy', input: 'Hello' });
    expect(Buffer.from(await reply.arrayBuffer())).toEqual(bytes);
    expect(last()?.json).toEqual({ model: 'tts-1', voice: 'alloy', input: 'Hello' });
    expect(reply.headers.get('content-type')).toBe('audio/mpeg');
    expect(reply.headers.get('set-cookie')).toBeNull();
    expect(reply.headers.get('x-synthlang-provider')).toBe('openai');
  });

  test('an answer that breaks off isn’t taken for whole', async () => {
    scene.provider.answer = () => (response) => {
      response.writeHead(200, { 'content-type': 'audio/mpeg' });
      response.write(Buffer.alloc(1000));
      setImmediate(() => response.destroy());
    };
    const answer = client.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: 'Hello' });
    await expect(answer.then((reply) => reply.arrayBuffer())).rejects.toThrow();
  });

  test('a caller who leaves takes the provider’s work along', async () => {
    let left: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => (left = resolve));
    scene.provider.answer = () => (response) => {
      response.writeHead(200, { 'content-type': 'audio/mpeg' });
      response.write(Buffer.alloc(1000));
      response.on('close', left);
    };
    const controller = new AbortController();
    const reply = await client.audio.speech.create(
      { model: 'tts-1', voice: 'alloy', input: 'Hello' },
      { signal: controller.signal },
    );
    await reply.body?.getReader().read();
    controller.abort();
    await gone;
    await scene.gateway.logged((line) => line.includes('"end":"cancelled"') && line.includes('speech'));
  });
});

describe('pictures', () => {
  test('are made and paid for by their tokens', async () => {
    const usage = { input_tokens: 10, output_tokens: 1000, total_tokens: 1010, input_tokens_details: {} };
    scene.provider.answer = () => ({ json: { created: 1, data: [{ b64_json: 'A'.repeat(100_000) }], usage } });
    const reply = await client.images.generate({ model: 'gpt-image-1', prompt: 'A cat' });
    expect(reply.data?.[0]?.b64_json?.length).toBe(100_000);
    expect(last()?.url).toBe('/v1/images/generations');
    await expect.poll(scene.lastSpend).toMatchObject({ model: 'gpt-image-1', spend: 0.04005 });
  });

  test('are changed, sent as a form or as JSON', async () => {
    const image = await sdk.toFile(Buffer.from('png'), 'cat.png', { type: 'image/png' });
    await client.images.edit({ image, prompt: 'A hat', model: 'openai/gpt-image-1' });
    expect([last()?.url, field('model'), field('prompt')]).toEqual(['/v1/images/edits', 'gpt-image-1', 'A hat']);
    await client.images.createVariation({ image });
    expect([last()?.url, field('model')]).toEqual(['/v1/images/variations', 'dall-e-2']);
    await scene.ask('/v1/images/edits', { model: 'openai/gpt-image-1', prompt: 'A hat', images: [] });
    expect(last()?.json).toEqual({ model: 'gpt-image-1', prompt: 'A hat', images: [] });
  });
});

describe('a policy that must look into everything', () => {
  const masked = { headers: { 'x-mask-pii-before-llm': 'true' } };

  test('masks what is to be drawn or spoken', async () => {
    await scene.ask('/v1/images/generations', { model: 'gpt-image-1', prompt: 'Draw ann@example.com' }, masked);
    expect(last()?.json).toMatchObject({ prompt: 'Draw <EMAIL_1>' });
  });

  test('refuses what it can’t look into, unless the operator allows it by name', async () => {
    const type = 'multipart/form-data; boundary=edge';
    const options = { headers: { ...masked.headers, 'content-type': type } };
    const body = form([
      ['model', 'whisper-1'],
      ['file', 'x'],
    ]);
    expect(await scene.ask('/v1/audio/transcriptions', body, options)).toMatchObject({
      status: 403,
      json: { error: { code: 'operation.uninspected' } },
    });
    expect(await scene.ask('/v1/audio/translations', body, options)).toMatchObject({ status: 200 });
  });
});

function form(parts: readonly (readonly [string, string])[]): string {
  const written = parts.map(([name, value]) => {
    const file = name === 'file' ? '; filename="f.mp3"' : '';
    return `--edge\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${value}\r\n`;
  });
  return `${written.join('')}--edge--\r\n`;
}

/** Uploads a form, in chunks of unknown number where that is wanted, and gives the status. */
function uploaded(query: string, body: string, encoding?: 'chunked'): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${scene.gateway.url}/v1/audio/transcriptions${query}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${scene.gateway.key}`,
        'content-type': 'multipart/form-data; boundary=edge',
        ...(encoding ? { 'transfer-encoding': encoding } : { 'content-length': Buffer.byteLength(body) }),
      },
    });
    let status: number | undefined;
    request.on('response', (response) => {
      status = response.statusCode;
      response.resume().on('end', () => resolve(status ?? 0));
    });
    // A gateway that has said no needn't hear the rest.
    request.on('error', (error) => (status === undefined ? reject(error) : resolve(status)));
    request.end(body);
  });
}

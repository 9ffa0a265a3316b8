import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type OperationsScene, openOperationsScene } from './operations-scene.ts';

let scene: OperationsScene;
beforeAll(async () => {
  scene = await openOperationsScene(() => ({
    models: [
      {
        name: 'painter',
        target: 'openai/dall-e-3',
        costPerImage: 0.04,
        imageCosts: { 'hd/1024x1024': 0.08 },
      },
      { name: 'speaker', target: 'openai/tts-1', costPerCharacter: 0.000_015 },
      { name: 'listener', target: 'openai/ears', costPerSecond: 0.0001 },
      { name: 'ranker', target: 'jina/rerank-v3.5', costPerSearch: 0.002 },
    ],
    operations: { heldBytesMax: 4096, imagesMax: 4, soundBytesPerSecondMin: 100 },
  }));
});
afterAll(() => scene.close());
beforeEach(() => {
  scene.provider.answer = () => ({ json: {} });
});

const pictures = (count: number) => ({
  json: { created: 1, data: Array.from({ length: count }, () => ({ url: 'u' })) },
});
const form = (...parts: readonly (readonly [string, string])[]): string => {
  const written = parts.map(([name, value]) => {
    const file = name === 'file' || name === 'image' ? '; filename="f"' : '';
    return `--edge\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${value}\r\n`;
  });
  return `${written.join('')}--edge--\r\n`;
};
const asForm = { 'content-type': 'multipart/form-data; boundary=edge' };
const cost = ({ headers }: { readonly headers: Headers }) => headers.get('x-synthlang-cost-usd');

/** What a key has spent, and the note of its newest row. */
async function spent(key: string): Promise<unknown> {
  const { json } = await scene.ask(`/spend/logs?api_key=${key}`, undefined, { method: 'GET' });
  const [{ spend } = { spend: undefined }] = json as { spend?: number }[];
  return spend;
}

describe('pictures', () => {
  test('cost what those do that came, by their size and quality', async () => {
    scene.provider.answer = () => pictures(2);
    const body = { model: 'painter', prompt: 'A cat', n: 2 };
    expect(cost(await scene.ask('/v1/images/generations', body))).toBe('0.08');
    const fine = { ...body, size: '1024x1024', quality: 'hd' };
    expect(cost(await scene.ask('/v1/images/generations', fine))).toBe('0.16');
    scene.provider.answer = () => pictures(1);
    expect(cost(await scene.ask('/v1/images/generations', fine))).toBe('0.08');
  });

  test('cost the same when they are asked for with a form', async () => {
    scene.provider.answer = () => pictures(1);
    const body = form(['model', 'painter'], ['size', '1024x1024'], ['quality', 'hd'], ['image', 'png']);
    expect(cost(await scene.ask('/v1/images/edits', body, { headers: asForm }))).toBe('0.08');
  });

  test('that are too large to be held cost the same; only the header can’t say so', async () => {
    scene.provider.answer = () => ({ json: { data: [{ b64_json: 'A'.repeat(100_000) }] } });
    const answer = await scene.ask('/v1/images/generations', { model: 'painter', prompt: 'A cat' });
    expect(cost(answer)).toBeNull();
    await expect.poll(scene.lastSpend).toMatchObject({ spend: 0.04 });
  });

  test('are held back for as many as were asked for, at what they cost', async () => {
    scene.provider.answer = () => pictures(2);
    const { key, ...as } = await scene.keyWith({ max_budget: 0.1 });
    const body = { model: 'painter', prompt: 'A cat' };
    expect(await scene.ask('/v1/images/generations', { ...body, n: 3 }, as)).toMatchObject({ status: 429 });
    const dear = { ...body, n: 2, size: '1024x1024', quality: 'hd' };
    expect(await scene.ask('/v1/images/generations', dear, as)).toMatchObject({ status: 429 });
    expect(await scene.ask('/v1/images/generations', { ...body, n: 2 }, as)).toMatchObject({ status: 200 });
    await expect.poll(() => spent(key)).toBe(0.08);
    expect(await scene.ask('/v1/images/generations', body, as)).toMatchObject({ status: 429 });
  });

  test('a long form may ask for any number of them, so all that it may are held back', async () => {
    scene.provider.answer = () => pictures(1);
    const long = form(['model', 'painter'], ['image', 'x'.repeat(100_000)]);
    const ask = async (max_budget: number) =>
      scene.ask('/v1/images/edits', long, { headers: { ...asForm, ...(await scene.keyWith({ max_budget })).headers } });
    expect(await ask(0.3)).toMatchObject({ status: 429 });
    expect(await ask(0.33)).toMatchObject({ status: 200 });
  });

  test.each([0, -1, 1.5, '2'])('a number that is none (%s) is refused', async (n) => {
    const before = scene.provider.requests.length;
    expect(await scene.ask('/v1/images/generations', { model: 'painter', prompt: 'A cat', n })).toMatchObject({
      status: 400,
      json: { error: { param: 'n' } },
    });
    expect(scene.provider.requests.length).toBe(before);
  });
});

describe('speech', () => {
  const body = { model: 'speaker', voice: 'alloy', input: 'Grüße 😀' };
  const audio = { headers: { 'content-type': 'audio/mpeg' }, bytes: Buffer.alloc(10_000) };

  test('costs by the character, and says so before a byte is sent', async () => {
    scene.provider.answer = () => audio;
    expect(cost(await scene.ask('/v1/audio/speech', body))).toBe('0.000105');
    await expect.poll(scene.lastSpend).toMatchObject({ spend: 0.000_105, status: 'success' });
  });

  test('is refused where the budget doesn’t reach, and costs nothing when the provider fails', async () => {
    const { key, ...as } = await scene.keyWith({ max_budget: 0.0002 });
    scene.provider.answer = () => ({ status: 400, json: { error: { message: 'No.' } } });
    expect(await scene.ask('/v1/audio/speech', body, as)).toMatchObject({ status: 400 });
    const long = { ...body, input: 'x'.repeat(14) };
    expect(await scene.ask('/v1/audio/speech', long, as)).toMatchObject({ status: 429 });
    scene.provider.answer = () => audio;
    expect(await scene.ask('/v1/audio/speech', body, as)).toMatchObject({ status: 200 });
    await expect.poll(() => spent(key)).toBe(0.000_105);
  });

  test('that was cut is paid for, since the provider has begun to speak', async () => {
    scene.provider.answer = () => (response) => {
      response.writeHead(200, { 'content-type': 'audio/mpeg' });
      response.write(Buffer.alloc(1000));
      setImmediate(() => response.destroy());
    };
    const { key, ...as } = await scene.keyWith({ max_budget: 1 });
    await scene.ask('/v1/audio/speech', body, as).catch(() => undefined);
    await expect.poll(() => spent(key)).toBe(0.000_105);
  });

  test('of a model without a price by the character costs nothing, and that is said', async () => {
    scene.provider.answer = () => audio;
    expect(cost(await scene.ask('/v1/audio/speech', { ...body, model: 'openai/gpt-4o-mini-tts' }))).toBe('0');
    await scene.gateway.logged((line) => line.includes('no price is known for its characters'));
  });
});

describe('sounds', () => {
  const sound = (bytes: number) => form(['model', 'listener'], ['file', 'x'.repeat(bytes)]);

  test.each([
    ['usage', { text: 'Hi', usage: { type: 'duration', seconds: 9 } }, '0.0009'],
    [
      'the long form',
      { task: 'transcribe', duration: 8.47, text: 'say "duration":1,', segments: [{ duration: 3 }] },
      '0.000847',
    ],
    ['both', { duration: 8.47, text: 'Hi', usage: { type: 'duration', seconds: 9 } }, '0.0009'],
  ])('cost by the second, as %s says', async (_, json, dollars) => {
    scene.provider.answer = () => ({ json });
    expect(cost(await scene.ask('/v1/audio/transcriptions', sound(10), { headers: asForm }))).toBe(dollars);
  });

  test.each([
    ['SRT', 'text/plain; charset=utf-8', '1\n00:00:00,000 --> 00:00:08,500\nHi\n'],
    ['WebVTT', 'text/vtt', 'WEBVTT\n\n00:00.000 --> 00:08.500\nHi\n'],
  ])('written as %s cost up to their last words, as an estimate', async (_, type, text) => {
    scene.provider.answer = () => ({ headers: { 'content-type': type }, bytes: Buffer.from(text) });
    const { key, ...as } = await scene.keyWith({ max_budget: 1 });
    const answer = await scene.ask('/v1/audio/transcriptions', sound(10), { headers: { ...asForm, ...as.headers } });
    expect(answer).toMatchObject({ status: 200, text });
    await expect.poll(() => spent(key)).toBe(0.000_85);
    await scene.gateway.logged((line) => line.includes('"costUsd":0.00085,"usageEstimated":true'));
  });

  test('written as plain text cost nothing, and that is said', async () => {
    scene.provider.answer = () => ({ headers: { 'content-type': 'text/plain' }, bytes: Buffer.from('Hi') });
    await scene.ask('/v1/audio/transcriptions', sound(10), { headers: asForm });
    await scene.gateway.logged((line) => line.includes('nobody counted its tokens'));
  });

  test('are held back for as long as their bytes can be', async () => {
    scene.provider.answer = () => ({ json: { text: 'Hi', usage: { type: 'duration', seconds: 9 } } });
    const { headers } = await scene.keyWith({ max_budget: 0.01 });
    const ask = (bytes: number) =>
      scene.ask('/v1/audio/transcriptions', sound(bytes), { headers: { ...asForm, ...headers } });
    expect(await ask(10_000)).toMatchObject({ status: 429 });
    expect(await ask(5000)).toMatchObject({ status: 200 });
  });

  test('Whisper’s price is known', async () => {
    scene.provider.answer = () => ({ json: { text: 'Hi', usage: { type: 'duration', seconds: 60 } } });
    const body = form(['model', 'openai/whisper-1'], ['file', 'x']);
    expect(cost(await scene.ask('/v1/audio/transcriptions', body, { headers: asForm }))).toBe('0.006');
  });

  test('an answer that breaks off before its end is an error in so many words', async () => {
    scene.provider.answer = () => (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"text":');
      setImmediate(() => response.destroy());
    };
    const answer = await scene.ask('/v1/audio/transcriptions', sound(10), { headers: asForm });
    expect(answer.status).toBeGreaterThanOrEqual(500);
    expect(answer.json).toHaveProperty('error');
  });
});

test('a ranking costs by the searches that are billed, and a budget must reach for them', async () => {
  const results = [{ index: 0, relevance_score: 1 }];
  scene.provider.answer = () => ({ json: { results, meta: { billed_units: { search_units: 3 } } } });
  const body = { model: 'ranker', query: 'q', documents: ['one', 'two'] };
  expect(cost(await scene.ask('/v1/rerank', body))).toBe('0.006');
  const as = await scene.keyWith({ max_budget: 0.003 });
  const many = { ...body, documents: Array.from({ length: 150 }, () => 'word') };
  expect(await scene.ask('/v1/rerank', many, as)).toMatchObject({ status: 429 });
  expect(await scene.ask('/v1/rerank', body, as)).toMatchObject({ status: 200 });
});

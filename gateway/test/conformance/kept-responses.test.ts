import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openScene, type Scene } from './scene.ts';

const ADMIN = 'sk-CANARY-first-key-0000';
const OTHER = 'sk-CANARY-other-key-0000';
const as = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });

interface Said {
  readonly id: string;
  readonly output: readonly unknown[];
  readonly data: readonly Readonly<Record<string, unknown>>[];
}

describe.each(['openai/gpt-4o', 'anthropic/claude-sonnet-4-5'])('a response of %s', (model) => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene({
      config: () => ({
        access: { apiKeys: [ADMIN, OTHER].map((key, at) => ({ id: `key-${at}`, key })) },
        privacy: { maskBeforeLlm: true },
      }),
    });
  });
  afterAll(() => scene.close());

  const asked = async (fields: object): Promise<Said> => {
    const answer = await scene.ask('/v1/responses', { model, input: 'The first question', ...fields }, as(ADMIN));
    expect(answer.status).toBe(200);
    return answer.json as Said;
  };
  const lastSent = (): string =>
    [...scene.openai.requests, ...scene.anthropic.requests]
      .toSorted((a, b) => a.arrivedAtMs - b.arrivedAtMs)
      .at(-1)
      ?.body.toString() ?? '';

  test('is there for the key that asked for it', async () => {
    const { id, output } = await asked({});
    const again = await scene.get(`/v1/responses/${id}`, as(ADMIN));
    expect(again.json).toMatchObject({ id, object: 'response', output, store: true });
    const items = (await scene.get(`/v1/responses/${id}/input_items`, as(ADMIN))).json as Said;
    expect(JSON.stringify(items.data)).toContain('The first question');
  });

  test('is unknown to any other key, also as what to go on from', async () => {
    const { id } = await asked({});
    const path = `/v1/responses/${id}`;
    expect((await scene.get(path, as(OTHER))).status).toBe(404);
    expect((await scene.get(path, { ...as(OTHER), method: 'DELETE' })).status).toBe(404);
    const stolen = await scene.ask('/v1/responses', { model, input: 'x', previous_response_id: id }, as(OTHER));
    expect(stolen.status).toBe(404);
    expect((await scene.get(path, as(ADMIN))).status).toBe(200);
  });

  test('that only its provider can know is nothing to go on from', async () => {
    const sentBefore = scene.openai.requests.length + scene.anthropic.requests.length;
    for (const fields of [{ previous_response_id: 'resp_of_somebody' }, { conversation: 'conv_of_somebody' }]) {
      const answer = await scene.ask('/v1/responses', { model, input: 'x', ...fields }, as(OTHER));
      expect([answer.status, answer.json]).toMatchObject([404, { error: { param: Object.keys(fields)[0] } }]);
    }
    expect(scene.openai.requests.length + scene.anthropic.requests.length).toBe(sentBefore);
  });

  test('is gone on from with all that was said before', async () => {
    const { id } = await asked({});
    await asked({ input: 'The second question', previous_response_id: id });
    const sent = lastSent();
    expect(sent.indexOf('The first question')).toBeGreaterThan(-1);
    expect(sent.indexOf('The first question')).toBeLessThan(sent.indexOf('Hello from the scripted provider.'));
    expect(sent.indexOf('Hello from the scripted provider.')).toBeLessThan(sent.indexOf('The second question'));
    expect(sent).not.toContain('previous_response_id');
  });

  test('keeps no private data', async () => {
    const { id } = await asked({ input: 'Write to ada@example.com' });
    const items = await scene.get(`/v1/responses/${id}/input_items`, as(ADMIN));
    expect(items.text).toContain('<EMAIL>');
    expect(items.text).not.toContain('ada@example.com');
  });

  test('is forgotten when its caller says so, at once or later', async () => {
    const { id } = await asked({ store: false });
    expect((await scene.get(`/v1/responses/${id}`, as(ADMIN))).status).toBe(404);
    const kept = await asked({});
    const path = `/v1/responses/${kept.id}`;
    const gone = await scene.get(path, { ...as(ADMIN), method: 'DELETE' });
    expect(gone.json).toEqual({ id: kept.id, object: 'response', deleted: true });
    expect((await scene.get(path, as(ADMIN))).status).toBe(404);
  });
});

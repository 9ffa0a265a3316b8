import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cutByReset, cutCleanly, finish, say } from '../scripted-provider/acts.ts';
import { type Answer, openScene, type Scene } from './scene.ts';

const ADMIN = 'sk-CANARY-first-key-0000';
const OTHER = 'sk-CANARY-other-key-0000';
const STREAMED = { input: 'The first question', stream: true };
const as = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });

/** The response that an event of a stream carries, the last one of that kind. */
function carried({ events }: Answer, kind: RegExp): Said | undefined {
  const all = events as readonly { readonly type: string; readonly response?: Said }[];
  return all.findLast(({ type, response }) => response && kind.test(type))?.response;
}

interface Said {
  readonly id: string;
  readonly created_at: number;
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

  const streamed = (fields: object = {}): Promise<Answer> =>
    scene.ask('/v1/responses', { model, ...STREAMED, ...fields }, as(ADMIN));
  const performed = async (act: ReturnType<typeof say>, work: () => Promise<void>): Promise<void> => {
    const providers = [scene.openai, scene.anthropic];
    for (const provider of providers) provider.perform(act);
    try {
      await work();
    } finally {
      for (const provider of providers) provider.perform({});
    }
  };

  test.each([say('A streamed answer'), finish(model.startsWith('openai') ? 'max_output_tokens' : 'max_tokens')])(
    'that was streamed (%o) is kept as its last event said it, and gone on from',
    (act) =>
      performed(act, async () => {
        const said = carried(await streamed(), /completed|incomplete/);
        const kept = (await scene.get(`/v1/responses/${said?.id}`, as(ADMIN))).json as Said;
        const { created_at } = kept;
        expect(kept).toEqual({ ...said, created_at, previous_response_id: null, store: true });
        expect(Math.abs(created_at - (said?.created_at ?? 0))).toBeLessThanOrEqual(1);
        await asked({ input: 'The second question', previous_response_id: said?.id });
        expect(lastSent()).toContain('The first question');
      }),
  );

  test.each([cutCleanly({ event: 4 }), cutByReset({ event: 4 })])('whose stream was cut (%o) is not kept', (act) =>
    performed(act, async () => {
      const answer = await streamed();
      const begun = carried(answer, /created/);
      expect(begun?.id).toMatch(/./);
      expect(carried(answer, /completed/)).toBeUndefined();
      expect((await scene.get(`/v1/responses/${begun?.id}`, as(ADMIN))).status).toBe(404);
    }),
  );

  test('that was streamed without being stored is not kept', async () => {
    const said = carried(await streamed({ store: false }), /completed/);
    expect((await scene.get(`/v1/responses/${said?.id}`, as(ADMIN))).status).toBe(404);
  });
});

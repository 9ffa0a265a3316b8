import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { usage } from '../scripted-provider/acts.ts';
import { chatOf, messageOf, openScene, type Scene } from './scene.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({
    config: ({ openai }) => ({
      models: [
        { name: 'own', target: 'openai/nobody-knows', inputCostPerToken: 0.000_001, outputCostPerToken: 0.000_01 },
        { name: 'searching', target: 'anthropic/claude-3-haiku', costPerWebSearch: 0.02 },
        { name: 'unknown', target: 'openai/nobody-knows' },
        { name: 'elsewhere', target: 'openai-compatible/gpt-4o-mini', apiBase: openai },
      ],
      providers: { openai: {}, anthropic: {} },
    }),
    env: { LITELLM_MASTER_KEY: 'sk-master-0123456789abcdef' },
  });
  const script = usage({ input: 1234, output: 56, cached: 200 });
  scene.openai.perform(script);
  scene.anthropic.perform(script);
});
afterAll(() => scene.close());

async function costs(path: string, body: Record<string, unknown>) {
  const answer = await scene.ask(path, body);
  const id = answer.headers.get('x-request-id') ?? '-';
  const line = JSON.parse(await scene.gateway.logged((text) => text.includes(id))) as Record<string, unknown>;
  return { header: answer.headers.get('x-synthlang-cost-usd'), line: line['costUsd'], note: line['costNote'] };
}

describe.each([
  ['gpt-4o-mini', '/v1/chat/completions', chatOf, 0.0002037],
  ['claude-3-haiku', '/v1/messages', messageOf, 0.0003845],
  ['gpt-4o-mini', '/v1/messages', messageOf, 0.0002037],
  ['claude-3-haiku', '/v1/chat/completions', chatOf, 0.0003845],
  ['own', '/v1/chat/completions', chatOf, 0.001794],
] as const)('%s asked at %s', (model, path, bodyOf, dollars) => {
  test('costs the same in one piece and as a stream, to the nano-dollar', async () => {
    const plain = await costs(path, bodyOf(model));
    const streamed = await costs(path, bodyOf(model, { stream: true }));
    expect(plain).toEqual({ header: String(dollars), line: dollars, note: undefined });
    expect(streamed).toEqual({ header: null, line: dollars, note: undefined });
  });
});

test.each(['unknown', 'elsewhere'])(
  'a model nobody has a price for (%s) counts as nothing, and that is said',
  async (model) => {
    expect(await costs('/v1/chat/completions', chatOf(model))).toEqual({
      header: '0',
      line: 0,
      note: 'no price is known for its model',
    });
  },
);

test('searches of the web are paid for beside tokens, as the provider counts them', async () => {
  scene.anthropic.perform(usage({ input: 1234, output: 56, cached: 200, searches: 3 }));
  const body = messageOf('searching');
  const searched = { line: 0.0603845 };
  expect(await costs('/v1/messages', body)).toMatchObject(searched);
  expect(await costs('/v1/messages', { ...body, stream: true })).toMatchObject(searched);
});

test('the gateway’s own answers cost nothing', async () => {
  expect(await costs('/v1/chat/completions', chatOf('synthlang/echo'))).toMatchObject({ header: '0', note: undefined });
  const mocked = await costs('/v1/chat/completions', chatOf('gpt-4o-mini', { mock_response: 'Hi.' }));
  expect(mocked).toEqual({ header: null, line: undefined, note: undefined });
});

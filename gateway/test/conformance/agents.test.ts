import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGateway } from '../gateway-process.ts';
import { body, call, say, usage } from '../scripted-provider/acts.ts';
import { behave } from '../scripted-provider/behaviour.ts';
import { type GovernedScene, openGovernedScene, PRICED } from './governed-scene.ts';
import { type Answer, chatOf, chunkText, during } from './scene.ts';

const CHAT = '/v1/chat/completions';
const asks = (content: string, fields = {}) => chatOf('gpt-4o', { messages: [{ role: 'user', content }], ...fields });
const textOf = ({ json }: Answer) =>
  (json as { choices: { message: { content: string } }[] }).choices[0]?.message.content;

const agentOf = (name: string, model: string) => ({
  name,
  model,
  description: 'Finds things out.',
  instructions: 'Find out what is asked.',
  tools: ['calculator', 'current_time'],
  stepsMax: 3,
});

let scene: GovernedScene;
beforeAll(async () => {
  scene = await openGovernedScene({
    models: [PRICED],
    agents: [agentOf('research', 'priced'), agentOf('claude', 'claude-3-haiku')],
  });
});
afterAll(() => scene.close());

const working = () =>
  behave(call('calculator', { expression: '15% of 85.50' }), say('It is 12.825.'), usage({ input: 100, output: 10 }));

describe('an agent', () => {
  test('is asked by a directive, works with tools, and answers as a completion', async () => {
    scene.openai.perform(working());
    const { result, requests } = await during(scene.openai, () =>
      scene.ask(CHAT, asks('#agent_research What is 15% of 85.50?')),
    );
    expect([textOf(result), result.headers.get('x-synthlang-tool')]).toEqual(['It is 12.825.', 'agent_research']);
    expect(requests).toHaveLength(2);
    expect(requests[0]?.json).toMatchObject({
      model: 'priced-model',
      messages: [{ role: 'system' }, { role: 'user', content: 'What is 15% of 85.50?' }],
      tools: [{ function: { name: 'calculator' } }, { function: { name: 'current_time' } }],
    });
    expect(requests[1]?.json).toMatchObject({
      messages: expect.arrayContaining([
        expect.objectContaining({ role: 'tool', content: expect.stringContaining('"result":"12.825"') }),
      ]),
    });
  });

  test('answers a stream too, with a model of another wire', async () => {
    scene.anthropic.perform(working());
    const { result, requests } = await during(scene.anthropic, () =>
      scene.ask(CHAT, asks('#agent_claude What is 15% of 85.50?', { stream: true })),
    );
    expect([chunkText(result.events), requests.length]).toEqual(['It is 12.825.', 2]);
  });

  test('is listed among the tools, and says over HTTP what it did', async () => {
    const listed = (await scene.get('/v1/tools')).json as { tools: { name: string }[] };
    expect(listed.tools.map(({ name }) => name)).toEqual(expect.arrayContaining(['agent_claude', 'agent_research']));
    scene.openai.perform(working());
    const { json } = await scene.ask('/v1/tools/call', { tool: 'agent_research', parameters: { task: 'Do it.' } });
    expect(json).toMatchObject({
      text: 'It is 12.825.',
      result: {
        steps: 2,
        calls: [{ tool: 'calculator', parameters: { expression: '15% of 85.50' }, ok: true }],
        usage: { prompt_tokens: 200, completion_tokens: 20 },
        cost_usd: 0.0004,
      },
    });
  });

  test('works on the account of the key that asked', async () => {
    const { key } = await scene.generate();
    scene.openai.perform(working());
    await scene.ask(CHAT, asks('#agent_research Do it.'), scene.as(key));
    expect(await scene.info(key)).toMatchObject({ spend: 0.0004 });
  });

  test('asks no model that the key may not use, and none without a budget', async () => {
    const [narrow, poor] = await Promise.all([
      scene.generate({ models: ['gpt-4o'] }),
      scene.generate({ max_budget: 0.000_000_1 }),
    ]);
    for (const { key } of [narrow, poor]) {
      const { result, requests } = await during(scene.openai, () =>
        scene.ask('/v1/tools/call', { tool: 'agent_research', parameters: { task: 'Do it.' } }, scene.as(key)),
      );
      expect([result.status >= 400 && result.status < 500, requests.length], result.text).toEqual([true, 0]);
    }
  });

  test('that comes to no end is stopped by its limits', async () => {
    const asked = { id: 'c1', type: 'function', function: { name: 'calculator', arguments: '{"expression":"1+1"}' } };
    const message = { role: 'assistant', content: null, tool_calls: [asked] };
    const choices = [{ index: 0, finish_reason: 'tool_calls', message }];
    scene.openai.perform(body(JSON.stringify({ id: 'x', object: 'chat.completion', created: 1, model: 'm', choices })));
    const { result, requests } = await during(scene.openai, () => scene.ask(CHAT, asks('#agent_research For ever.')));
    expect(textOf(result)).toContain('stepsMax: 3');
    expect(requests).toHaveLength(3);
  });
});

test.each([
  ['a tool that isn’t there', [{ ...agentOf('a', 'gpt-4o'), tools: ['nope'] }], 'there is no tool "nope"'],
  ['an agent as a tool', [{ ...agentOf('a', 'gpt-4o'), tools: ['agent_b'] }], 'agents don’t use agents'],
  ['one name twice', [agentOf('a', 'gpt-4o'), agentOf('a', 'gpt-4o')], 'the same name as an earlier one'],
])('a configuration with %s ends the start', async (_, agents, words) => {
  await expect(startGateway({ config: { agents, providers: { openai: {} } } })).rejects.toThrow(words);
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { formOf } from '../prompt-work.ts';
import { say, silent, status } from '../scripted-provider/acts.ts';
import { inTurn } from '../scripted-provider/script.ts';
import { type GovernedScene, openGovernedScene } from './governed-scene.ts';
import { diligent, modelScript } from './prompt-model.ts';
import { during, openScene, type Scene } from './scene.ts';

const at = (name: string) => `/v1/synthlang/${name}`;
const ACTS = {
  translate: { text: 'Read the reviews and count complaints', instructions: null },
  generate: { task_description: 'Sum up long texts' },
  optimize: { prompt: 'Tell me about databases', max_iterations: 3 },
  evolve: { seed_prompt: 'Sum it up', n_generations: 3, population_size: 8, mutation_rate: 0.1 },
  classify: { text: 'The screen broke', labels: ['complaint', 'praise', 'question', 'other'] },
};
const SIGNED = {
  version: '1.0',
  timestamp: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T.*Z$/) as string,
};
const someNumber = expect.any(Number) as number;

let scene: GovernedScene;
beforeAll(async () => {
  scene = await openGovernedScene({ prompting: { model: 'priced', timeoutMs: 3000, labelsMax: 5 } });
});
afterAll(() => scene.close());
beforeEach(() => scene.openai.perform(modelScript(diligent)));

describe('what the original promised, by its own names', () => {
  test('translate', async () => {
    const { json } = await scene.ask(at('translate'), ACTS.translate);
    expect(json).toMatchObject({
      source: ACTS.translate.text,
      target: `↹ ${ACTS.translate.text}`,
      explanation: 'Said in SynthLang.',
      ...SIGNED,
    });
  });

  test('generate', async () => {
    const { json } = await scene.ask(at('generate'), ACTS.generate);
    expect(json).toMatchObject({
      prompt: 'You do this: Sum up long texts',
      rationale: 'It is plain.',
      metadata: { tokens: 8, model: 'priced' },
      ...SIGNED,
    });
  });

  test('optimize', async () => {
    const { json } = await scene.ask(at('optimize'), ACTS.optimize);
    expect(json).toMatchObject({
      original: 'Tell me about databases',
      optimized: expect.stringMatching(/^Tell me about databases in five short steps/) as string,
      improvements: ['Steps.', 'Steps.', 'Steps.'],
      metrics: { original_tokens: 4, optimized_tokens: 16, clarity_score: 0.8, specificity_score: 0.8, iterations: 3 },
      ...SIGNED,
    });
  });

  test('evolve, whose fitness rises', async () => {
    const { json } = await scene.ask(at('evolve'), ACTS.evolve);
    expect(json).toMatchObject({
      seed_prompt: 'Sum it up',
      best_prompt: expect.stringMatching(/^Sum it up with yet more words/) as string,
      generations: 3,
      population_size: 8,
      mutation_rate: 0.1,
      fitness: { clarity: someNumber, specificity: someNumber, completeness: someNumber, overall: someNumber },
      total_variants: 28,
      successful_mutations: someNumber,
      ...SIGNED,
    });
    const { evolution_path: path, fitness } = json as {
      evolution_path: { generation: number; best_fitness: number; average_fitness: number }[];
      fitness: { overall: number };
    };
    expect(path.map(({ generation }) => generation)).toEqual([0, 1, 2, 3]);
    expect(path[0]?.best_fitness).toBeGreaterThan(0.15);
    expect(path.at(-1)?.best_fitness).toBeGreaterThan(path[0]?.best_fitness ?? 1);
    expect(path.at(-1)).toMatchObject({ best_fitness: fitness.overall, average_fitness: someNumber });
  });

  test('classify', async () => {
    const { json } = await scene.ask(at('classify'), ACTS.classify);
    const { all_labels: all } = json as { all_labels: { label: string; score: number }[] };
    expect(json).toMatchObject({
      text: ACTS.classify.text,
      input: ACTS.classify.text,
      label: 'complaint',
      confidence: 0.7,
      explanation: 'It comes first.',
      ...SIGNED,
    });
    expect(all.map(({ label }) => label).toSorted()).toEqual(ACTS.classify.labels.toSorted());
  });

  const rejected = [{ authorization: null }, { authorization: 'invalid-key' }, { authorization: 'Bearer sk-unknown' }];
  test.each(Object.keys(ACTS).flatMap((name) => rejected.map((headers) => [name, headers] as const)))(
    '%s with %j is 401, and nobody is asked',
    async (name, headers) => {
      const { result, requests } = await during(scene.openai, () => scene.ask(at(name), {}, { headers }));
      expect([result.status, requests]).toEqual([401, []]);
    },
  );
});

describe('the model', () => {
  test('is told the form of its answer as its API has it', async () => {
    const { requests } = await during(scene.openai, () => scene.ask(at('translate'), ACTS.translate));
    expect(requests[0]?.json).toMatchObject({
      model: 'priced-model',
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'translation',
          strict: true,
          schema: { type: 'object', required: ['target', 'explanation'], additionalProperties: false },
        },
      },
    });
    scene.anthropic.perform(say('{"prompt":"P","rationale":"R"}'));
    const { result, requests: asked } = await during(scene.anthropic, () =>
      scene.ask(at('generate'), { ...ACTS.generate, model: 'claude-3-haiku' }),
    );
    expect(result.json).toMatchObject({ prompt: 'P', metadata: { model: 'claude-3-haiku', tokens: 2 } });
    expect(asked[0]?.json).toMatchObject({ output_config: { format: { type: 'json_schema' } } });
  });

  test('is told what is wrong with its answer, and may put it right', async () => {
    scene.openai.perform(inTurn(say('Here you go!'), say('{"target": 7}'), modelScript(diligent)));
    const { result, requests } = await during(scene.openai, () => scene.ask(at('translate'), ACTS.translate));
    expect(result).toMatchObject({ status: 200, json: { metadata: { calls: 3 } } });
    const messages = requests[2]?.json['messages'] as { role: string; content: string }[];
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user', 'assistant', 'user']);
    expect(messages[5]?.content).toContain('"target"');
  });

  test('that never gets it right is an error, and isn’t asked for ever', async () => {
    scene.openai.perform(say('No JSON from me.'));
    const { result, requests } = await during(scene.openai, () => scene.ask(at('classify'), ACTS.classify));
    expect(result).toMatchObject({ status: 502, json: { error: { code: 'prompting.unusable' } } });
    expect(requests).toHaveLength(3);
  });

  test('that fails is the provider’s failure', async () => {
    scene.openai.perform(status(401, 'Bad key.'));
    const { status: said } = await scene.ask(at('generate'), ACTS.generate);
    expect(said).toBe(401);
  });
});

describe('callers', () => {
  test('pay for every question, and are told the sum', async () => {
    const { key } = await scene.generate({ role: 'premium', max_budget: 1 });
    const { json } = await scene.ask(at('optimize'), ACTS.optimize, scene.as(key));
    expect(json).toMatchObject({
      metadata: {
        calls: 7,
        usage: { prompt_tokens: 700, completion_tokens: 70, total_tokens: 770 },
        cost_usd: 0.0014,
        exact_tokens: false,
      },
    });
    const rows = (await scene.get('/spend/logs', scene.as(key))).json as { spend: number; request_tags: string[] }[];
    expect(rows).toHaveLength(7);
    expect(await scene.info(key)).toMatchObject({ spend: 0.0014 });
  });

  test.each([
    ['basic', 'optimize', 403],
    ['basic', 'evolve', 403],
    ['basic', 'classify', 200],
    ['premium', 'optimize', 200],
  ] as const)('with the role %s get %s: %d', async (role, name, wanted) => {
    const { key } = await scene.generate({ role });
    expect((await scene.ask(at(name), ACTS[name], scene.as(key))).status).toBe(wanted);
  });

  test('may use the models of their key alone', async () => {
    const { key } = await scene.generate({ models: ['gpt-4o'] });
    expect((await scene.ask(at('generate'), ACTS.generate, scene.as(key))).status).toBe(403);
    const own = { ...ACTS.generate, model: 'gpt-4o' };
    expect((await scene.ask(at('generate'), own, scene.as(key))).status).toBe(200);
  });

  test.each([
    ['classify', { text: 'x', labels: ['1', '2', '3', '4', '5', '6'] }, 'labels'],
    ['evolve', { seed_prompt: 'x', n_generations: 100_000 }, 'n_generations'],
    ['translate', { text: '' }, 'text'],
    ['translate', { source: 'x' }, 'text'],
  ])('who ask %s for too much are told the field: %j', async (name, body, param) => {
    const { result, requests } = await during(scene.openai, () => scene.ask(at(name), body));
    expect(result).toMatchObject({ status: 400, json: { error: { param } } });
    expect(requests).toEqual([]);
  });

  test('who go away end every question that is open', async () => {
    let judged = 0;
    const slow = modelScript(diligent);
    scene.openai.perform((request, asked) => ((judged += 1) === 1 ? slow(request, asked) : silent()));
    const gone = new AbortController();
    const count = scene.openai.requests.length;
    const asking = scene.ask(at('evolve'), ACTS.evolve, { signal: gone.signal });
    const open = await Promise.all([2, 3, 4, 5].map((more) => scene.openai.arrived(count + more)));
    gone.abort();
    await expect(asking).rejects.toThrow('aborted');
    expect(await Promise.all(open.map(({ ended }) => ended))).toEqual(['aborted', 'aborted', 'aborted', 'aborted']);
    expect(scene.openai.requests).toHaveLength(count + 5);
  });

  test('are not kept waiting for longer than the operator allows', async () => {
    scene.openai.perform(silent());
    const { status: said, json } = await scene.ask(at('generate'), ACTS.generate, {
      headers: { 'x-synthlang-timeout': '0.2' },
    });
    expect([said, json]).toMatchObject([504, { error: { message: expect.stringContaining('prompting.timeoutMs') } }]);
  });

  test('may watch the work', async () => {
    const { headers, events } = await scene.ask(at('optimize'), { ...ACTS.optimize, stream: true });
    expect(headers.get('content-type')).toContain('text/event-stream');
    expect(events[0]).toEqual({ type: 'progress', done: 0, of: 3, best: 0.2, calls: 1 });
    expect(events.at(-2)).toMatchObject({ type: 'result', improvements: ['Steps.', 'Steps.', 'Steps.'], ...SIGNED });
    expect(events.at(-1)).toBe('[DONE]');
  });

  test('hear of what fails before anything was said by its status', async () => {
    scene.openai.perform(status(401, 'Bad key.'));
    const { status: said, events } = await scene.ask(at('optimize'), { ...ACTS.optimize, stream: true });
    expect([said, events]).toEqual([401, []]);
  });

  test('have their private data masked, as everywhere', async () => {
    const { result, requests } = await during(scene.openai, () =>
      scene.ask(at('translate'), { text: 'Write to ada@example.org' }, { headers: { 'x-mask-pii-before-llm': '1' } }),
    );
    expect(requests[0]?.body.toString()).not.toContain('ada@example.org');
    expect(result.json).toMatchObject({ target: '↹ Write to ada@example.org' });
  });

  test('find examples decisive', async () => {
    scene.openai.perform(
      modelScript((question, material) => {
        if (formOf(question) === 'rewriting') return { critique: '', prompt: 'Say YES.', improvement: 'Says it.' };
        if (formOf(question) === undefined) return question.instructions?.includes('YES') ? 'yes' : 'maybe';
        return diligent(question, material);
      }),
    );
    const examples = [{ input: 'Is it?', output: 'Yes' }];
    const { json } = await scene.ask(at('optimize'), { ...ACTS.optimize, examples });
    expect(json).toMatchObject({ optimized: 'Say YES.', metrics: { accuracy: 1, original_overall: 0 } });
  });
});

describe('without a model', () => {
  let bare: Scene;
  beforeAll(async () => {
    bare = await openScene();
  });
  afterAll(() => bare.close());

  test.each(Object.entries(ACTS))('%s says what to set', async (name, body) => {
    const { status: said, json } = await bare.ask(at(name), body);
    expect([said, json]).toMatchObject([
      503,
      { error: { code: 'prompting.unconfigured', message: expect.stringContaining('prompting.model') } },
    ]);
  });

  test('a caller may name one', async () => {
    bare.openai.perform(modelScript(diligent));
    const { json } = await bare.ask(at('generate'), { ...ACTS.generate, model: 'gpt-4o' });
    expect(json).toMatchObject({ metadata: { model: 'gpt-4o', exact_tokens: true } });
  });
});

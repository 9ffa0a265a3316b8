import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runCommand } from '../gateway-process.ts';
import { status } from '../scripted-provider/acts.ts';
import { inTurn } from '../scripted-provider/script.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { type GovernedScene, openGovernedScene } from './governed-scene.ts';
import { diligent, modelScript } from './prompt-model.ts';

let scene: GovernedScene;
let folder: string;
beforeAll(async () => {
  scene = await openGovernedScene({ prompting: { model: 'priced' } });
});
afterAll(() => scene.close());
beforeEach(() => {
  scene.openai.perform(modelScript(diligent));
  folder = temporaryFolder('prompt-commands');
});

const run = (words: readonly string[], stdin?: string) =>
  runCommand([...words, '--endpoint', scene.gateway.url, '--api-key', scene.gateway.key], {
    folder,
    ...(stdin === undefined ? {} : { stdin }),
  });
const at = (...words: string[]) => run(words);
const file = (name: string, content: unknown) =>
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));

describe('translate and generate', () => {
  test('print the text alone, by the original’s flags and today’s', async () => {
    const old = await at('proxy', 'translate', '--source', 'Sum it up', '--framework', 'synthlang', '--use-proxy');
    expect(old).toEqual({ code: 0, stdout: '↹ Sum it up', stderr: 'Said in SynthLang.' });
    file('task.txt', 'From a file\n');
    expect(await at('translate', '-f', 'task.txt')).toMatchObject({ stdout: '↹ From a file' });
    const piped = await run(['translate', '-', '--show-metrics'], 'From far\n');
    expect(piped).toMatchObject({
      stdout: '↹ From far',
      stderr: expect.stringMatching(/\d+ → \d+ tokens \(estimate\)$/) as string,
    });
    expect(await at('generate', '--task', 'Sum up')).toMatchObject({ code: 0, stdout: 'You do this: Sum up' });
    const json = await at('generate', 'Sum up', '--json', '--model', 'gpt-4o');
    expect(JSON.parse(json.stdout)).toMatchObject({ metadata: { model: 'gpt-4o' } });
  });

  test.each([
    [['translate'], 'Give the text once'],
    [['translate', 'a', '--source', 'b'], 'Give the text once'],
    [['translate', 'a', '--framework', 'dspy'], 'synthlang'],
    [['classify', 'a'], '--labels'],
    [['evolve', 'a', '--population', 'many'], 'whole number'],
    [['optimize', 'a', '--test-cases', 'bad.json'], 'must hold a JSON list of objects with "input" and "output"'],
    [['prompt', 'save', '--name', 'a', '--prompt', 'b', '--metadata', '[]'], 'must be a JSON object'],
  ])('%j is called wrongly', async (words, why) => {
    file('bad.json', [{ input: 'a' }]);
    const done = await run(words);
    expect(done).toMatchObject({ code: 2, stdout: '' });
    expect(done.stderr).toContain(why);
  });

  test('a file that isn’t there is named', async () => {
    const done = await at('translate', '-f', 'gone.txt');
    expect(done).toMatchObject({ code: 1, stderr: expect.stringContaining('gone.txt can’t be read') as string });
  });
});

describe('optimize and evolve', () => {
  test('say how far they are, print the best, and save it', async () => {
    const done = await at(
      'optimize',
      '--prompt',
      'Tell me about databases',
      '--iterations',
      '2',
      '--save-prompt',
      'db',
    );
    expect(done.code).toBe(0);
    expect(done.stdout).toBe('Tell me about databases in five short steps in five short steps');
    expect(done.stderr.split('\n')).toEqual([
      '0 of 2 done, best fitness 0.2 (1 questions)',
      '1 of 2 done, best fitness 0.4 (3 questions)',
      '2 of 2 done, best fitness 0.6 (5 questions)',
      '- Steps.',
      '- Steps.',
      'Saved as version 1 of "db".',
    ]);
    expect((await at('prompt', 'load', '--name', 'db')).stdout).toBe(done.stdout);
  });

  test('take all that the original took', async () => {
    const search = ['--generations', '2', '--population', '3', '--mutation-rate', '.5', '--tournament-size', '2'];
    const more = ['--fitness', 'clarity', '--random-seed', '7', '--save-lineage', '--save-prompt', 'line', '--json'];
    const done = await at('evolve', '--seed', 'Sum it up', ...search, ...more);
    expect(JSON.parse(done.stdout)).toMatchObject({
      seed_prompt: 'Sum it up',
      population_size: 3,
      mutation_rate: 0.5,
      fitness_type: 'clarity',
      seed: 7,
      total_variants: 6,
    });
    const { stdout } = await at('prompt', 'load', '--name', 'line', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ metadata: { lineage: [{ prompt: 'Sum it up' }, {}, {}, {}] } });
  });

  test('what fails on the way is said, and what was found printed', async () => {
    scene.openai.perform(inTurn(...Array.from({ length: 3 }, () => modelScript(diligent)), status(400, 'No more.')));
    file('cases.json', []);
    const done = await at('optimize', 'Tell me', '--test-cases', 'cases.json');
    expect(done).toMatchObject({ code: 0, stdout: 'Tell me in five short steps' });
    expect(done.stderr).toMatch(/Stopped early: upstream\.refused: .*No more\./);
  });

  test('a refusal is one line', async () => {
    const { key } = await scene.generate();
    const words = ['optimize', 'Tell me', '--endpoint', scene.gateway.url, '--api-key', key];
    const done = await runCommand(words, { folder });
    expect(done).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^key\.forbidden|premium/) as string,
    });
  });
});

describe('classify', () => {
  test('prints the labels by their scores', async () => {
    const done = await at('classify', 'predict', '--text', 'The screen broke', '--labels', 'complaint, praise');
    expect(done).toEqual({ code: 0, stdout: 'complaint  0.7\npraise     0.3', stderr: 'It comes first.' });
  });

  test('says how often it is right', async () => {
    file('known.json', [
      { text: 'a', label: 'x' },
      { text: 'b', label: 'y' },
    ]);
    expect(await at('classify', 'evaluate', '--test-data', 'known.json')).toMatchObject({
      code: 0,
      stdout: '1 of 2 right (50.0 %)',
    });
    const { stdout } = await at('classify', 'evaluate', '--test-data', 'known.json', '-l', 'y,x', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ total: 2, accuracy: 0.5, wrong: [{ text: 'a', label: 'x', got: 'y' }] });
  });
});

test('prompts are saved, listed, compared and deleted', async () => {
  await at('prompt', 'save', '--name', 'sum', '--prompt', 'Sum it up.\nBe brief.', '--metadata', '{"team":"a"}');
  expect((await run(['prompt', 'save', '--name', 'sum', '--prompt', '-'], 'Sum it up.\nBe kind.\n')).stdout).toBe(
    'Saved as version 2.',
  );
  expect((await at('prompt')).stdout).toMatch(/^sum +v2 +\S+ +key:master$/m);
  expect((await at('prompt', 'load', '--name', 'sum', '--prompt-version', '1')).stdout).toBe('Sum it up.\nBe brief.');
  const compared = await at('prompt', 'compare', '--prompt1', 'sum', '--prompt2', 'sum', '--version1', '1');
  expect(compared.stdout).toBe('  Sum it up.\n- Be brief.\n+ Be kind.\n\nsimilarity 0.8571, 0 tokens');
  expect((await at('prompt', 'delete', '--name', 'sum')).stdout).toBe('Deleted 2 versions.');
  expect(await at('prompt', 'load', '--name', 'sum')).toMatchObject({ code: 1, stdout: '' });
});

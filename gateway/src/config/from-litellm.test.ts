import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { yamlText } from './convert.ts';
import { fromLitellm, isLitellm } from './from-litellm.ts';
import { loadText } from './load.ts';
import { readYaml } from './yaml-source.ts';

const FOLDER = fileURLToPath(new URL('litellm-goldens/', import.meta.url));
const LINE = '----------\n';

const goldens = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.txt'))
  .map((name) => {
    const [theirs = '', ours = '', unsupported = ''] = readFileSync(FOLDER + name, 'utf8').split(LINE);
    return { name, theirs, ours, unsupported };
  });

const translated = (text: string) => fromLitellm(readYaml(text, { file: 'config.yaml', version: '1.1' }).tree);

describe('a golden file', () => {
  test('is there for each feature', () => expect(goldens.length).toBeGreaterThan(12));

  test.each(goldens)('$name is translated as it says', ({ name, theirs, ours, unsupported }) => {
    const translation = translated(theirs);
    const yaml = yamlText(translation.config);
    const refused = translation.unsupported.map((path) => `${path}\n`).join('');
    if (process.env['UPDATE'] === '1') writeFileSync(FOLDER + name, [theirs, yaml, refused].join(LINE));
    else expect({ ours: yaml, unsupported: refused }).toEqual({ ours, unsupported });
  });

  test.each(goldens)('$name loads the same from their text and from ours', ({ theirs, ours }) => {
    const env = everyName(theirs);
    const fromTheirs = loadText({ file: 'config.yaml', text: theirs, env });
    const { environment } = translated(theirs);
    const fromOurs = loadText({ file: 'synthlang.yaml', text: ours, env: { ...env, ...environment } });
    expect(fromOurs.config).toEqual(fromTheirs.config);
    expect([fromTheirs.format, fromOurs.format]).toEqual(['litellm', 'synthlang']);
  });
});

/** Sets every environment name that a text mentions. */
function everyName(text: string): Record<string, string> {
  const names = [...text.matchAll(/os\.environ\/(\w+)/g)].flatMap(([, name]) => name ?? []);
  return Object.fromEntries(
    [...names, 'LANGFUSE_PUBLIC_KEY', 'LANGFUSE_SECRET_KEY'].map((name) => [name, `https://${name}.example.org`]),
  );
}

test('our own format is not taken for theirs', () => {
  expect(isLitellm({ models: [], routing: {} })).toBe(false);
});

test('a mistake in a LiteLLM file is reported at its own line', () => {
  const text = 'model_list:\n  - model_name: a\n    litellm_params:\n      model: openai/a\n      timeout: soon\n';
  expect(() => loadText({ file: 'config.yaml', text, env: {} })).toThrow(
    'config.yaml:5:16  models[0].timeoutMs must be a number',
  );
});

test('a master key whose environment name is not set stops the start instead of opening the doors', () => {
  const text = 'general_settings:\n  master_key: os.environ/PROXY_KEY\n';
  expect(() => loadText({ file: 'config.yaml', text, env: {} })).toThrow(
    'config.yaml:2:15  access.masterKey refers to the environment name PROXY_KEY, which is not set',
  );
});

test('what environment_variables sets is there for providers to find', () => {
  const text = 'environment_variables: {GROQ_API_KEY: gsk, PORT: 4000}\nmodel_list: []\n';
  const { environment, config } = loadText({ text, env: { GROQ_API_KEY: 'older', HOME: '/home' } });
  expect(environment).toEqual({ GROQ_API_KEY: 'gsk', HOME: '/home', PORT: '4000' });
  expect(config.server.port).toBe(4000);
});

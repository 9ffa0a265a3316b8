import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { convertText } from './convert.ts';
import { loadText } from './load.ts';
import { ConfigError } from './problem.ts';

const name = fc.stringMatching(/^[a-zA-Z0-9*._:/-]{1,20}$/);
const names = fc.array(name, { maxLength: 3 });
const fallbacks = fc.array(fc.dictionary(name, names, { minKeys: 1, maxKeys: 2 }), { maxLength: 3 });
const seconds = fc.oneof(fc.integer({ min: 1, max: 6000 }), fc.constant(0.5));
const odd = fc.constantFrom<unknown>('text', 7, true, ['a'], { b: 1 });
const key = fc.constantFrom('os.environ/SOME_KEY', 'sk-literal', '', '12345');

const params = fc.record(
  {
    model: fc.constantFrom('openai/gpt-4o', 'gpt-4o', 'azure/x', 'anthropic/*'),
    api_key: key,
    api_base: fc.constantFrom('os.environ/SOME_BASE', 'http://localhost:1/v1', ''),
    timeout: seconds,
    stream_timeout: seconds,
    max_retries: fc.nat(5),
    num_retries: fc.nat(5),
    weight: fc.nat(9),
    order: fc.nat(9),
    drop_params: fc.boolean(),
    extra_headers: fc.dictionary(fc.stringMatching(/^x-[a-z]{1,8}$/), fc.constantFrom('a', 'os.environ/SOME_KEY')),
    temperature: odd,
  },
  { requiredKeys: ['model'] },
);
const routing = {
  num_retries: fc.nat(5),
  fallbacks,
  context_window_fallbacks: fallbacks,
  content_policy_fallbacks: fallbacks,
  default_fallbacks: names,
};
const file = fc.record(
  {
    model_list: fc.array(fc.record({ model_name: name, litellm_params: params, model_info: odd }), { maxLength: 3 }),
    litellm_settings: fc.record(
      {
        ...routing,
        request_timeout: seconds,
        drop_params: fc.boolean(),
        set_verbose: fc.boolean(),
        json_logs: fc.boolean(),
        cache: odd,
        success_callback: fc.array(fc.constantFrom('langfuse', 's3', 'prometheus')),
        something: odd,
      },
      { requiredKeys: [] },
    ),
    router_settings: fc.record(
      {
        ...routing,
        timeout: seconds,
        retry_after: fc.nat(60),
        model_group_alias: fc.dictionary(name, name),
        other: odd,
      },
      { requiredKeys: [] },
    ),
    general_settings: fc.record({ master_key: fc.constantFrom('sk-1', 'os.environ/SOME_KEY'), database_url: odd }),
    environment_variables: fc.record({ SOME_KEY: fc.constantFrom('sk-set', 5) }),
    guardrails: odd,
  },
  { requiredKeys: ['model_list'] },
);

const env = {
  SOME_KEY: 'sk-some',
  SOME_BASE: 'https://some.example.org',
  LANGFUSE_PUBLIC_KEY: 'pk',
  LANGFUSE_SECRET_KEY: 'sk',
};

test('whatever is converted loads, and means what the original means', () => {
  fc.assert(
    fc.property(file, (theirs) => {
      const text = stringify(theirs, { version: '1.1' });
      const { yaml } = convertText(text, 'config.yaml');
      const fromOurs = loadText({ file: 'synthlang.yaml', text: yaml, env });
      expect(fromOurs.config).toEqual(loadText({ file: 'config.yaml', text, env }).config);
    }),
    { numRuns: 200 },
  );
});

test('what has no counterpart is always listed', () => {
  fc.assert(
    fc.property(file, fc.stringMatching(/^new_[a-z]{1,8}$/), odd, (theirs, added, value) => {
      const more = { ...theirs, router_settings: { ...theirs.router_settings, [added]: value } };
      const { unsupported } = convertText(stringify(more, { version: '1.1' }), 'config.yaml');
      expect(unsupported).toContain(`router_settings.${added}`);
    }),
  );
});

test('what environment_variables sets is told by name, never by value', () => {
  const text = 'environment_variables: {GROQ_API_KEY: gsk-secret}\nmodel_list: []\n';
  const converted = convertText(text, 'config.yaml');
  expect(converted.unsupported).toEqual([
    'environment_variables.GROQ_API_KEY: set it in the environment or in a .env file',
  ]);
  expect(JSON.stringify(converted)).not.toContain('gsk-secret');
});

test('a file of ours isn’t converted', () => {
  expect(() => convertText('models: []', 'synthlang.yaml')).toThrow(ConfigError);
});

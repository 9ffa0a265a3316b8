import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keywordsIn } from './keywords-file.ts';
import { loadConfig } from './load.ts';
import { temporaryFolder } from '../../test/temporary-folder.ts';

/** In the form of the original's own file. */
const FILE = `
[settings]
enable_keyword_detection = true
detection_threshold = 0.4
default_role = "premium"

[patterns.weather_query]
name = "another name, which doesn't count"
pattern = '''what is the weather in (?P<location>.+)'''
tool = "weather"
description = "Asks for the weather."
priority = 200
required_role = "basic"

[patterns.off]
pattern = "x"
tool = "calculator"
enabled = false
`;

test('the original’s format is read', () => {
  expect(keywordsIn(FILE, 'keywords.toml')).toEqual({
    settings: { detection: true, detectionThreshold: 0.4, defaultRole: 'premium' },
    patterns: [
      {
        name: 'weather_query',
        pattern: 'what is the weather in (?P<location>.+)',
        tool: 'weather',
        description: 'Asks for the weather.',
        priority: 200,
        requiredRole: 'basic',
        enabled: true,
      },
      {
        name: 'off',
        pattern: 'x',
        tool: 'calculator',
        description: '',
        priority: 0,
        requiredRole: 'premium',
        enabled: false,
      },
    ],
  });
});

test('an empty file has no patterns', () => {
  expect(keywordsIn('', 'keywords.toml')).toEqual({ settings: {}, patterns: [] });
});

test.each([
  ['what isn’t TOML', '[a]\nb = \n', 'keywords.toml:2:5'],
  ['a threshold beyond 1', '[settings]\ndetection_threshold = 2', 'settings.detection_threshold'],
  ['a key nobody knows', '[settings]\nthreshold = 1', 'settings.threshold is not known'],
  ['a pattern without a tool', "[patterns.a]\npattern = 'x'", 'patterns.a.tool'],
  ['a role nobody has', "[patterns.a]\npattern = 'x'\ntool = 'y'\nrequired_role = 'god'", 'patterns.a.required_role'],
  ['a name that isn’t one', `[patterns."a b"]\npattern = 'x'\ntool = 'y'`, 'patterns.a b'],
  ['a file that is too long', `# ${'x'.repeat(1_100_000)}`, 'longer than'],
])('%s is an error that says where', (_, text, words) => {
  expect(() => keywordsIn(text, 'keywords.toml')).toThrow(words);
});

test('the configuration brings the file along, by its path from the working folder', () => {
  const folder = temporaryFolder('keywords');
  writeFileSync(join(folder, 'k.toml'), FILE);
  const env = { SYNTHLANG_KEYWORDS_CONFIG: 'k.toml' };
  expect(loadConfig({ env, folder }).keywords?.patterns).toHaveLength(2);
  expect(() => loadConfig({ env: { SYNTHLANG_KEYWORDS_CONFIG: 'gone.toml' }, folder })).toThrow(
    'gone.toml  can’t be read',
  );
  expect(loadConfig({ env: {}, folder }).keywords).toBeUndefined();
});

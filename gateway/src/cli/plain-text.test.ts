import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keywordsIn } from '../config/keywords-file.ts';
import { keywordsToml } from './keywords-toml.ts';
import { columns, oneLine, shownText } from './plain-text.ts';

test('what a terminal would obey is left out, and nothing else', () => {
  expect(shownText('a\u001b[2Jb\u0007\tc\nd\u009be é 界')).toBe('a[2Jb\tc\nde é 界');
  expect(oneLine(' a\r\n b\u001b]0;x\u0007 ')).toBe('a b]0;x');
});

test('columns stand below each other', () => {
  expect(
    columns([
      ['a', 'bb', 'c'],
      ['aaa', 'b', ''],
    ]),
  ).toBe('a    bb  c\naaa  b\n');
  expect(columns([])).toBe('');
});

test('whatever a pattern says, its TOML says the same', () => {
  const settings = { enable_detection: true, detection_threshold: 0.5, default_role: 'basic' };
  const name = fc.stringMatching(/^[a-z0-9][\w.-]{0,20}$/);
  fc.assert(
    fc.property(name, fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary-ascii' }), (key, pattern, about) => {
      const rest = { pattern, tool: 'a tool', description: about, priority: 7, enabled: false };
      const { patterns } = keywordsIn(keywordsToml([{ name: key, ...rest, required_role: 'admin' }], settings), 'a');
      expect(patterns).toEqual([{ name: key, ...rest, requiredRole: 'admin' }]);
    }),
  );
});

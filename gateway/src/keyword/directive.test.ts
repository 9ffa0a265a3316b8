import fc from 'fast-check';
import { expect, test } from 'vitest';
import { directiveIn } from './directive.ts';

test.each([
  ['#calculator 15% of 85.50', { tool: 'calculator', isExplicit: false, words: '15% of 85.50', named: {} }],
  ['  #Calculator: 2+2 ', { tool: 'calculator', words: '2+2' }],
  ['#tool_weather Paris', { tool: 'weather', isExplicit: true, words: 'Paris' }],
  ['#tool_web_search two\nlines', { tool: 'web_search', words: 'two\nlines' }],
  ['#weather', { tool: 'weather', words: '' }],
  ['#function f(a=1)', { tool: 'f', isExplicit: true, words: '', named: { a: 1 } }],
  ['#function f()', { tool: 'f', words: '', named: {} }],
  [
    "#function f( a = \"x, y)\" , b = 'it\\'s', c=true, d: -2.5 )",
    { named: { a: 'x, y)', b: "it's", c: true, d: -2.5 } },
  ],
  ['#function calculator(max(1, 2) + 3)', { words: 'max(1, 2) + 3' }],
  ['#function calculator(expression=(1+2)*3)', { named: { expression: '(1+2)*3' } }],
  ['#function calculator("2+2")', { words: '2+2' }],
])('%s', (text, directive) => expect(directiveIn(text)).toMatchObject(directive));

test.each([
  'Hello',
  '',
  '#',
  '# Heading',
  '## Heading',
  '#1 is a bug',
  '#/bin/sh',
  '#!shebang',
  '#ff0000;',
  '#include<stdio.h>',
  '#define(X)',
  '#a#b',
  'Say #calculator 2+2',
  '#function',
  '#function f',
  '#function f(a=1',
  '#function f(a=1) and more',
  '#function f(a=)',
  '#function f("open)',
  `#${'a'.repeat(100)} x`,
])('%s is none', (text) => expect(directiveIn(text)).toBeUndefined());

test('nothing makes it fail or take long', () => {
  const pieces = fc.constantFrom('#function ', 'f', '(', ')', '"', "'", '\\', ',', '=', ' ', 'a', '#tool_', '#', '\n');
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
      directiveIn(parts.join(''));
    }),
  );
  for (const piece of ['\\"', '(', ' ', "'", '\\\\', 'a=']) {
    const startMs = performance.now();
    directiveIn(`#function f(${piece.repeat(500_000)}`);
    directiveIn(`#function f(a="${piece.repeat(500_000)}`);
    directiveIn(`#function${' '.repeat(500_000)}f()`);
    expect(performance.now() - startMs).toBeLessThan(2000);
  }
});

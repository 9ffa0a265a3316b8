import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readableText } from './readable-text.ts';

const PAGE = `<!doctype html><html><head><title> A  page &amp; more </title><style>p { color: red }</style>
<script>alert("CANARY")</script></head><body>
<nav><a href="/">CANARY menu</a></nav>
<main><h1>Streams</h1><p>A <b>stream</b>   is &lt;fine&gt;.</p><ul><li>one<li>two</ul>
<table><tr><td>a</td><td>b</td></tr></table><pre>
  keep   this
</pre><p>Last&nbsp;line<br>broken</p></main><aside>CANARY</aside><footer>CANARY</footer></body></html>`;

test('headings, paragraphs, lists and code stay; menus and programs go', () => {
  const { title, text } = readableText(PAGE);
  expect(title).toBe('A page & more');
  expect(text).not.toContain('CANARY');
  for (const line of ['# Streams', 'A stream is <fine>.', '- one', '- two', '| a | b', '  keep   this', 'broken'])
    expect(text.split('\n').map((each) => each.trimEnd())).toContain(line);
});

test.each([
  ['nothing', '', ''],
  ['plain words', 'just words', 'just words'],
  ['broken markup', '<p>one<div>two</p></span>three', 'one\ntwo\nthree'],
  ['an open program', '<p>one</p><script>while(1) {', 'one'],
])('%s', (_, html, text) => expect(readableText(html).text).toBe(text));

test('nothing makes it fail', () => {
  const pieces = fc.constantFrom(
    '<script>',
    '</script>',
    '<p',
    '>',
    '<!--',
    '-->',
    '&',
    '&#x',
    '<pre>',
    'word',
    '</',
    '"',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
      expect(typeof readableText(parts.join('')).text).toBe('string');
    }),
  );
});

test.each(['<div>', '<br>x', '<', '<p ', '&', '<pre>\n', '</p>', '<a b=c ', '<!--', ' \n', '<table><td>'])(
  'two megabytes of %o take no more than a moment',
  (piece) => {
    const html = piece.repeat(2_000_000 / piece.length);
    const startMs = performance.now();
    try {
      readableText(html);
    } catch (thrown) {
      expect(thrown).toMatchObject({ code: 'tool.rejected' });
    }
    expect(performance.now() - startMs).toBeLessThan(3000);
  },
);

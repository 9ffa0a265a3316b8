import { expect, test } from 'vitest';
import { html } from './markup.ts';

test('what is put into a page is text', () => {
  const sly = `<img src=x onerror="alert('1')">&`;
  expect(html`<p title="${sly}">${sly}</p>`.text).not.toMatch(/<img|"alert|'1'/);
  expect(html`<p>${sly}</p>`.text).toBe('<p>&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;</p>');
});

test('markup stays markup, lists are joined, and nothing is nothing', () => {
  expect(html`<ul>${['a', '<b>'].map((one) => html`<li>${one}</li>`)}</ul>${undefined}${0}`.text).toBe(
    '<ul><li>a</li><li>&lt;b&gt;</li></ul>0',
  );
});

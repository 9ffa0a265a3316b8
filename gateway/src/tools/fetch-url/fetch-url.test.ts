import { expect, test } from 'vitest';
import { loopback } from '../../../test/loopback.ts';
import { failureOf, toolContext } from '../../../test/support.ts';
import { publicHttp } from '../../upstream/public-http.ts';
import { fetchUrl } from './fetch-url.ts';

const SETTINGS = { ports: [80, 443], redirectsMax: 3, bytesMax: 1000, connectTimeoutMs: 5000 };

/** The tool with the real way out, in front of a site that it may fetch from. */
async function site(body: Buffer | string, type = 'text/html; charset=utf-8', status = 200) {
  const { url, host } = await loopback((_, response) => {
    response.writeHead(status, type === '' ? {} : { 'content-type': type }).end(body);
  });
  const fetchPage = publicHttp({ ...SETTINGS, allowedHosts: [host] });
  const tool = fetchUrl({ fetchPage, charactersMax: 500 });
  return { url, read: (at = `${url}/page`) => tool.run({ url: at }, toolContext()) };
}

test('a page is read', async () => {
  const { url, read } = await site('<title>Hello</title><body><h1>Hi</h1><p>There.</p>');
  expect(await read()).toEqual({
    result: { url: `${url}/page`, title: 'Hello', text: '# Hi\nThere.', truncated: false },
    text: `Hello\n${url}/page\n\n# Hi\nThere.`,
  });
});

test.each([
  ['plain text', 'a < b', 'text/plain', 'a < b'],
  ['JSON', '{"a": 1}', 'application/json', '{"a": 1}'],
  ['no type, but HTML', '<p>Hi', '', 'Hi'],
  ['an older character set, by header', Buffer.from('caf\xe9', 'latin1'), 'text/plain; charset=iso-8859-1', 'café'],
  [
    'an older character set, by the page',
    Buffer.from('<meta charset="iso-8859-1"><p>caf\xe9', 'latin1'),
    'text/html',
    'café',
  ],
  ['a character set that nobody knows', 'café', 'text/plain; charset=klingon', 'café'],
])('%s', async (_, body, type, text) => {
  const { read } = await site(body, type);
  expect((await read()).result).toMatchObject({ text });
});

test('a long page is cut, and says so', async () => {
  for (const length of [600, 5000]) {
    const { result, text } = await (await site('a'.repeat(length), 'text/plain')).read();
    expect(result).toMatchObject({ text: 'a'.repeat(500), truncated: true });
    expect(text).toContain('[The page goes on.]');
  }
});

test('what isn’t text is rejected, what isn’t there is a failure', async () => {
  expect((await failureOf((await site('x', 'image/png')).read())).code).toBe('tool.rejected');
  const missing = await failureOf((await site('x', 'text/html', 404)).read());
  expect([missing.code, missing.message]).toEqual(['tool.failed', expect.stringContaining('404')]);
});

test('an address inside is rejected', async () => {
  const { read } = await site('x');
  expect((await failureOf(read('http://169.254.169.254/latest/meta-data/'))).code).toBe('tool.rejected');
});

test('without a way to fetch it says what to switch on', async () => {
  const error = await failureOf(fetchUrl(undefined).run({ url: 'https://example.com' }, toolContext()));
  expect([error.code, error.message]).toEqual(['tool.unconfigured', expect.stringContaining('tools.pages.enabled')]);
});

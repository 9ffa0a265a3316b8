import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, openScene, type Scene, send } from './scene.ts';

let scene: Scene;
let page: Answer;

beforeAll(async () => {
  scene = await openScene();
  page = await send(`${scene.gateway.url}/docs`);
});
afterAll(() => scene.close());

describe('the page about the API', () => {
  test('is for anybody, and shows every path of the document', async () => {
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const { json } = await send(`${scene.gateway.url}/openapi.json`);
    const paths = Object.keys((json as { paths: object }).paths);
    expect(paths.length).toBeGreaterThan(80);
    expect(paths.filter((path) => !page.text.includes(`<code>${path}</code>`))).toEqual([]);
  });

  test('shows fields, limits and an example', () => {
    expect(page.text).toContain('max_budget');
    expect(page.text).toContain('Needs a key with the role admin.');
    expect(page.text).toContain('&quot;content&quot;: &quot;Hello&quot;');
  });

  test('may load nothing from elsewhere, run no script of its own text and stand in no frame', () => {
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    expect(page.text).not.toMatch(
      /<script(?![^>]* src="docs\/)|<style| style=| on\w+="|<(?:link|img|script)[^>]*https?:/,
    );
  });

  test('is not sent again to whoever has it', async () => {
    const headers = { 'if-none-match': page.headers.get('etag') };
    expect((await scene.get('/docs', { headers })).status).toBe(304);
  });
});

const TYPES: Readonly<Record<string, RegExp>> = {
  css: /^text\/css/,
  js: /^text\/javascript/,
  svg: /^image\/svg/,
};

test('everything that it loads is there', async () => {
  const names = [...page.text.matchAll(/ (?:src|href)="(docs\/[^"]+)"/g)].map(([, name = '']) => name);
  expect(names).toEqual(['docs/icon.svg', 'docs/page.css', 'docs/docs.js']);
  const script = await send(`${scene.gateway.url}/docs/docs.js`);
  const imported = [...script.text.matchAll(/from '\.\/([^']+)'/g)].map(([, name = '']) => `docs/${name}`);
  expect(imported.length).toBeGreaterThan(1);
  for (const name of [...names, ...imported]) {
    const file = await send(`${scene.gateway.url}/${name}`);
    expect([name, file.status, file.headers.get('x-content-type-options')]).toEqual([name, 200, 'nosniff']);
    expect(file.headers.get('content-type')).toMatch(TYPES[name.replace(/.*\./, '')] ?? /^$/);
    expect(file.headers.get('etag')).toMatch(/^"[\w-]+"$/);
  }
});

test.each(['/docs/', '/docs/other.js', '/docs/..%2fdocs-page.ts', '/docs/__proto__'])(
  '%s is not there',
  async (path) => {
    expect((await scene.get(path)).status).toBe(404);
  },
);

test('`server.docs: false` takes all of it away', async () => {
  const quiet = await openScene({ config: () => ({ server: { docs: false } }) });
  const statuses = await Promise.all(['/docs', '/docs/docs.js'].map(async (path) => (await quiet.get(path)).status));
  await quiet.close();
  expect(statuses).toEqual([404, 404]);
});

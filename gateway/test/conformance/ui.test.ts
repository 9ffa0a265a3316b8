import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BrowserPage, noBrowser, startBrowser, type TestBrowser } from '../browser.ts';
import { cutByClose, stall } from '../scripted-provider/acts.ts';
import { type GovernedScene, MASTER, openGovernedScene } from './governed-scene.ts';
import { openScene, send } from './scene.ts';

let scene: GovernedScene;
beforeAll(async () => {
  scene = await openGovernedScene({ cache: { enabled: true } });
});
afterAll(() => scene.close());

test('the page and everything that it loads are there for anybody', async () => {
  const page = await send(`${scene.gateway.url}/ui`);
  expect(page.status).toBe(200);
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none';.*form-action 'none'/);
  expect(page.text).not.toMatch(/<script(?![^>]* src="ui\/)|<style| style=| on\w+="|https?:/);
  const seen = new Set<string>();
  const waiting = [...page.text.matchAll(/ (?:src|href)="(ui\/[^"]+)"/g)].map(([, name = '']) => name);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const file = await send(`${scene.gateway.url}/${name}`);
    expect([name, file.status]).toEqual([name, 200]);
    expect(file.headers.get('content-security-policy')).toContain("default-src 'none'");
    waiting.push(...[...file.text.matchAll(/from '\.\/([^']+)'/g)].map(([, imported = '']) => `ui/${imported}`));
  }
  const { json } = await send(`${scene.gateway.url}/openapi.json`);
  const served = Object.keys((json as { paths: object }).paths).filter((path) => path.startsWith('/ui/'));
  expect([...seen].map((name) => `/${name}`).toSorted()).toEqual(served.toSorted());
});

test('no script of it makes markup of texts', async () => {
  const { json } = await send(`${scene.gateway.url}/openapi.json`);
  const scripts = Object.keys((json as { paths: object }).paths).filter((path) => /^\/(ui|docs)\/.*\.js$/.test(path));
  const texts = await Promise.all(scripts.map(async (path) => (await send(scene.gateway.url + path)).text));
  expect(texts.length).toBeGreaterThan(10);
  expect(texts.join('\n')).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function/);
});

test('`server.ui: false` takes it away', async () => {
  const quiet = await openScene({ config: () => ({ server: { ui: false } }) });
  const statuses = await Promise.all(['/ui', '/ui/ui.js'].map(async (path) => (await quiet.get(path)).status));
  await quiet.close();
  expect(statuses).toEqual([404, 404]);
  expect(quiet.gateway.stderr.join('\n')).not.toContain('/ui');
});

test('the start says where it is', () => expect(scene.gateway.stderr.join('\n')).toContain(`${scene.gateway.url}/ui`));

describe.skipIf(noBrowser !== undefined)(`in a browser${noBrowser === undefined ? '' : `: ${noBrowser}`}`, () => {
  let browser: TestBrowser;
  beforeAll(async () => {
    browser = await startBrowser();
  }, 60_000);
  afterAll(() => browser.close());

  async function signedIn(key: string): Promise<BrowserPage> {
    const opened = await browser.open(`${scene.gateway.url}/ui`);
    await opened.page.getByLabel('Key').fill(key);
    await opened.page.getByRole('button', { name: 'Sign in' }).click();
    return opened;
  }

  test('an admin signs in, sees models, and hears an answer come in pieces', async () => {
    const { page, complaints, asked } = await signedIn(MASTER);
    await page.getByRole('link', { name: 'Models' }).click();
    await page.getByRole('rowheader', { name: 'priced' }).waitFor();
    await page.getByRole('link', { name: 'Playground' }).click();
    await page.getByLabel('Model').fill('synthlang/echo');
    await page.getByLabel('Message').fill('Hello from <b>the</b> page');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText('The answer is whole.').waitFor();
    const [, answer] = await page.getByRole('article').all();
    expect(await answer?.locator('.said').textContent()).toContain('Hello from <b>the</b> page');
    expect(await answer?.locator('.facts').textContent()).toMatch(/Provider.*Tokens\d+ in, \d+ out/);
    expect(complaints).toEqual([]);
    expect(asked.filter((url) => !url.startsWith(scene.gateway.url) || url.includes(MASTER))).toEqual([]);
    expect(await page.context().cookies()).toEqual([]);
  });

  test('what has come of an answer stands there before the rest, and its cost behind it', async () => {
    let release = (): void => undefined;
    const until = new Promise<void>((resolve) => (release = resolve));
    scene.openai.perform({ text: 'One two three four five six', ...stall({ event: 3 }, until) });
    const { page } = await signedIn(MASTER);
    await page.getByLabel('Model').fill('priced');
    await page.getByLabel('Message').fill('Count');
    await page.getByRole('button', { name: 'Send' }).click();
    const said = page.getByRole('article').nth(1).locator('.said');
    await said.filter({ hasText: 'One' }).waitFor();
    expect(await said.textContent()).not.toContain('six');
    release();
    await said.filter({ hasText: 'One two three four five six' }).waitFor();
    await page.getByText(/^\$0\.\d+$/).waitFor();
    await page.getByRole('link', { name: 'Requests' }).click();
    await page.getByRole('rowheader').first().waitFor();
    expect(await page.getByRole('table').first().textContent()).toContain('priced');
    scene.openai.perform({});
  });

  test('a failed answer is said in the gateway’s words', async () => {
    const { page } = await signedIn(MASTER);
    await page.getByLabel('Model').fill('no-such-model');
    await page.getByLabel('Message').fill('Hello');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('alert').filter({ hasText: 'no-such-model' }).waitFor();
  });

  test('an answer that breaks off says so, and keeps what came', async () => {
    scene.openai.perform({ text: 'One two three four five six', ...cutByClose({ event: 4 }) });
    const { page } = await signedIn(MASTER);
    await page.getByLabel('Model').fill('priced');
    await page.getByLabel('Message').fill('Break');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('article').getByRole('alert').waitFor();
    expect(await page.getByRole('article').nth(1).locator('.said').textContent()).toContain('One');
    expect(await page.getByText('The answer is whole.').count()).toBe(0);
    scene.openai.perform({});
  });

  test('a wrong key shows an error, and is not kept', async () => {
    const { page } = await signedIn('sk-nobody-knows-this-key');
    await page.getByRole('alert').filter({ hasText: 'not good here' }).waitFor();
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
    expect(await page.getByRole('navigation').isVisible()).toBe(false);
    expect(await page.evaluate("document.activeElement?.getAttribute('name')")).toBe('key');
  });

  test('an admin makes a key, which is shown once, and blocks it', async () => {
    const { page, complaints } = await signedIn(MASTER);
    await page.getByRole('link', { name: 'Keys' }).click();
    await page.getByLabel('Name').fill('made-in-the-page');
    await page.getByLabel('Budget in dollars').fill('2.5');
    await page.getByRole('button', { name: 'Make a key' }).click();
    const key = (await page.locator('.new-key').textContent()) ?? '';
    expect(await scene.info(key)).toMatchObject({ key_alias: 'made-in-the-page', max_budget: 2.5, role: 'basic' });
    await page.getByRole('button', { name: 'Block made-in-the-page', exact: true }).click();
    await page.getByRole('button', { name: 'Unblock made-in-the-page' }).waitFor();
    expect(await scene.info(key)).toMatchObject({ blocked: true });
    expect(complaints).toEqual([]);
  });

  test('whoever is no admin sees no parts for admins, also by their address', async () => {
    const { key } = await scene.generate({ key_alias: 'basic' });
    const { page } = await signedIn(key);
    await page.getByRole('link', { name: 'Requests' }).waitFor();
    const names = await page.getByRole('navigation').getByRole('link').allTextContents();
    expect(names).toEqual(['Playground', 'Models', 'Health', 'Requests']);
    await page.evaluate("location.hash = '#keys'");
    await page.getByRole('heading', { name: 'Playground' }).waitFor();
    expect(await page.getByText('Make a key').count()).toBe(0);
  });

  test('signing out forgets the key, and so does a key that was blocked meanwhile', async () => {
    const { page } = await signedIn(MASTER);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Key').waitFor();
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
    const { key } = await scene.generate({});
    const other = await signedIn(key);
    await other.page.getByRole('link', { name: 'Health' }).waitFor();
    await scene.manage('/key/block', { key });
    await other.page.getByRole('link', { name: 'Health' }).click();
    await other.page.getByRole('alert').filter({ hasText: 'blocked' }).waitFor();
    expect(await other.page.evaluate('sessionStorage.length')).toBe(0);
  });

  test('all views can be reached and used with the keyboard, and each field has a name', async () => {
    const { page, complaints } = await signedIn(MASTER);
    for (const name of ['Models', 'Health', 'Requests', 'Keys', 'Cache', 'Playground']) {
      const link = page.getByRole('link', { name, exact: true });
      await link.focus();
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name, exact: true, level: 2 }).waitFor();
      await page.locator('[aria-busy]').waitFor({ state: 'detached' });
      const nameless = await page.evaluate(
        "[...document.querySelectorAll('input, select, textarea')].filter((field) => field.labels.length === 0).length",
      );
      expect([name, nameless]).toEqual([name, 0]);
      expect(await page.evaluate('document.activeElement?.tagName')).toBe('H2');
    }
    expect(complaints).toEqual([]);
  });

  test('the page about the API lets one try a route', async () => {
    const { page, complaints } = await browser.open(`${scene.gateway.url}/docs#post_v1_chat_completions`);
    await page.getByLabel('Key to try it with').fill(MASTER);
    const route = page.locator('#post_v1_chat_completions');
    await route.getByRole('button', { name: 'Send' }).click();
    await route.getByRole('log').filter({ hasText: '"finish_reason"' }).waitFor();
    expect(await route.getByRole('log').textContent()).toMatch(/^200/);
    expect(complaints).toEqual([]);
  });
});

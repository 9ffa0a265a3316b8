import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';

const PROGRAM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);

/** Why nothing can be looked at in a browser here; nothing where it can. */
export const noBrowser = PROGRAM === undefined ? 'no Chromium here: apt-get install chromium' : undefined;

/** A browser without a window. */
export interface TestBrowser {
  /** Opens a page of its own, with nothing of the others' in it. */
  readonly open: (url: string, size?: { readonly width: number; readonly height: number }) => Promise<BrowserPage>;
  readonly close: () => Promise<void>;
}

/** A page, and what went wrong on it: refused files, scripts and everything else that a browser complains of. */
export interface BrowserPage {
  readonly page: Page;
  readonly complaints: readonly string[];
  /** Addresses that it asked, without what follows the path. */
  readonly asked: readonly string[];
}

/** Starts the browser. */
export async function startBrowser(): Promise<TestBrowser> {
  // Root may not use the browser's own walls, and nothing foreign is looked at.
  const browser: Browser = await chromium.launch({ executablePath: PROGRAM ?? '', args: ['--no-sandbox'] });
  return {
    open: async (url, size = { width: 1100, height: 800 }) => {
      const context = await browser.newContext({ viewport: size });
      const page = await context.newPage();
      const complaints: string[] = [];
      const asked: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('request', (request) => asked.push(request.url()));
      await page.goto(url);
      return { page, complaints, asked };
    },
    close: () => browser.close(),
  };
}

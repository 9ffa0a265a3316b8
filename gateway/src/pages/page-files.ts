import { readFile } from 'node:fs/promises';
import { entityTag } from './entity-tag.ts';

const HTML = 'text/html; charset=utf-8';
const STYLES = 'text/css; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';

/** What browsers are sent as it is, by name; nothing else of this folder can be read. */
const TYPES = {
  'ui.html': HTML,
  'page.css': STYLES,
  'icon.svg': 'image/svg+xml',
  'element.js': SCRIPT,
  'gateway.js': SCRIPT,
  'docs.js': SCRIPT,
  'ui.js': SCRIPT,
  'view.js': SCRIPT,
  'chat-stream.js': SCRIPT,
  'playground-view.js': SCRIPT,
  'models-view.js': SCRIPT,
  'targets-view.js': SCRIPT,
  'requests-view.js': SCRIPT,
  'keys-view.js': SCRIPT,
  'cache-view.js': SCRIPT,
} as const;

/** What the page about the API loads. */
export const DOCS_FILES = [
  'page.css',
  'icon.svg',
  'docs.js',
  'element.js',
  'gateway.js',
] as const satisfies readonly PageFileName[];
/** What the page for people who run the gateway loads. */
export const UI_FILES = [
  'page.css',
  'icon.svg',
  'ui.js',
  'element.js',
  'gateway.js',
  'view.js',
  'chat-stream.js',
  'playground-view.js',
  'models-view.js',
  'targets-view.js',
  'requests-view.js',
  'keys-view.js',
  'cache-view.js',
] as const satisfies readonly PageFileName[];

type PageFileName = keyof typeof TYPES;

/** A file for browsers. */
export interface PageFile {
  readonly bytes: Buffer;
  readonly type: string;
  readonly tag: string;
}

/** Reads one of them from the disk, since few ask for it and nobody shall pay for keeping it. */
export async function readPageFile(name: string): Promise<PageFile | undefined> {
  if (!Object.hasOwn(TYPES, name)) return undefined;
  const bytes = await readFile(new URL(`./browser/${name}`, import.meta.url));
  return { bytes, type: TYPES[name as PageFileName], tag: entityTag(bytes) };
}

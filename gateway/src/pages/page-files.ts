import { readFile } from 'node:fs/promises';
import { entityTag } from './entity-tag.ts';

/** What browsers are sent as it is, by name; nothing else of this folder can be read. */
const TYPES = {
  'page.css': 'text/css; charset=utf-8',
  'element.js': 'text/javascript; charset=utf-8',
  'gateway.js': 'text/javascript; charset=utf-8',
  'docs.js': 'text/javascript; charset=utf-8',
} as const;

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

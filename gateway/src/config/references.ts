import { readFileSync } from 'node:fs';
import type { Environment } from './environment-names.ts';
import { pathText, type SettingPath } from './path.ts';
import { rewritten } from './rewrite.ts';

/** A reference that leads nowhere. */
export interface BrokenReference {
  readonly path: SettingPath;
  readonly message: string;
}

/** Puts what `env:NAME` and `file:/path` refer to in their place, wherever the schema allows them. */
export function resolveReferences(root: unknown, env: Environment): { tree: unknown; broken: BrokenReference[] } {
  const broken: BrokenReference[] = [];
  const tree = rewritten(root, (value, { reference }, path) => {
    if (!reference || typeof value !== 'string') return value;
    const found = lookedUp(value, env);
    if (typeof found === 'string') return found;
    broken.push({ path, message: `${pathText(path)} refers to ${found.what}` });
    return value;
  });
  return { tree, broken };
}

function lookedUp(text: string, env: Environment): string | { what: string } {
  if (text.startsWith('env:')) {
    const name = text.slice('env:'.length);
    const value = env[name];
    return value === undefined || value === '' ? { what: `the environment name ${name}, which is not set` } : value;
  }
  if (text.startsWith('file:')) return fileText(text.slice('file:'.length).replace(/^\/\/(?=\/)/, ''));
  return text;
}

function fileText(path: string): string | { what: string } {
  if (!path.startsWith('/') && !/^[A-Za-z]:[\\/]/.test(path)) {
    return { what: `the file ${path}, which must be an absolute path` };
  }
  try {
    const text = readFileSync(path, 'utf8').trim();
    return text === '' ? { what: `the file ${path}, which is empty` } : text;
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown reason';
    return { what: `the file ${path}, which can’t be read (${code})` };
  }
}

import { dirname, join, normalize } from 'node:path';
import { ARCHITECTURE } from './architecture-table.ts';
import { type SourceFile, withoutComments } from './sources.ts';

const SRC = 'gateway/src/';
const IMPORT = /(?:^|\n)\s*(?:import|export)\b[^;'"`]*?\bfrom\s*['"]([^'"]+)['"]/g;
const BARE_IMPORT = /(?:^|\n)\s*import\s*['"]([^'"]+)['"]/g;
const DYNAMIC_IMPORT = /\bimport\(\s*['"]([^'"]+)['"]/g;

/** What a file imports, as written. */
export function importsOf({ text }: SourceFile): readonly string[] {
  const code = withoutComments(text);
  return [IMPORT, BARE_IMPORT, DYNAMIC_IMPORT].flatMap((form) =>
    [...code.matchAll(form)].map(([, from]) => from ?? ''),
  );
}

/** Imports of our own folders that the table doesn't allow. */
export function strayImports(file: SourceFile): readonly string[] {
  const from = placeOf(file.path);
  const rule = ARCHITECTURE.mayImport[from.folder];
  return relativeImports(file).flatMap((target) => {
    const to = placeOf(target);
    if (from.folder === '' ? ARCHITECTURE.roots.includes(from.rest) : from.folder === to.folder) return [];
    if (rule === undefined) return [`${file.path}: its folder has no row in the table of who may import whom`];
    if (rule.may.some((allowed) => allows(allowed, target.slice(SRC.length)))) return [];
    return [`${file.path} may not import ${target}: ${rule.why}`];
  });
}

/** Imports of one peer of a shelf by another: what two peers share lies in the shelf folder itself. */
export function peerImports(file: SourceFile): readonly string[] {
  const from = peerOf(file.path);
  if (from === undefined) return [];
  return relativeImports(file).flatMap((target) => {
    const to = peerOf(target);
    if (to === undefined || to.shelf !== from.shelf || to.peer === from.peer) return [];
    return [
      `${file.path} may not import ${target}: peers of a shelf don't know each other; move what they share beside contract.ts`,
    ];
  });
}

/** Packages, Node modules and globals that are used outside the folders they are confined to. */
export function strayThirdParties(file: SourceFile): readonly string[] {
  const { folder, rest } = placeOf(file.path);
  const place = folder === '' ? rest : folder;
  const packages = importsOf(file).filter((name) => !name.startsWith('.'));
  const globals = Object.keys(ARCHITECTURE.globals).filter((name) => usesGlobal(file, name));
  return [...packages, ...globals].flatMap((name) => {
    const allowed = ARCHITECTURE.thirdParties[packageOf(name)] ?? ARCHITECTURE.globals[name];
    if (allowed === undefined)
      return [`${file.path}: ${name} has no row; say in architecture-table.ts which folders may use it`];
    if (allowed.includes('anywhere') || allowed.includes(place)) return [];
    return [
      `${file.path} may not use ${name}: it is confined to ${allowed.join(', ') || 'nowhere'}; take what you need as a parameter`,
    ];
  });
}

function relativeImports(file: SourceFile): readonly string[] {
  return importsOf(file)
    .filter((name) => name.startsWith('.'))
    .map((name) => normalize(join(dirname(file.path), name)));
}

function allows(allowed: string, target: string): boolean {
  return target.startsWith(`${allowed}/`) || target === `${allowed}.ts`;
}

function placeOf(path: string): { readonly folder: string; readonly rest: string } {
  const inside = path.startsWith(SRC) ? path.slice(SRC.length) : path;
  const slash = inside.indexOf('/');
  return slash < 0 ? { folder: '', rest: inside } : { folder: inside.slice(0, slash), rest: inside.slice(slash + 1) };
}

/** A peer is a folder of a shelf, or one of its files that isn't shared by rule. */
function peerOf(path: string): { readonly shelf: string; readonly peer: string } | undefined {
  const { folder, rest } = placeOf(path);
  const peers = ARCHITECTURE.shelves[folder];
  if (peers === undefined) return undefined;
  const [first = ''] = rest.split('/');
  const isFile = !rest.includes('/');
  if (peers === 'folders' && isFile) return undefined;
  if (isFile && ['contract.ts', 'index.ts', ...(ARCHITECTURE.shared[folder] ?? [])].includes(first)) return undefined;
  return { shelf: folder, peer: first };
}

function packageOf(name: string): string {
  if (name.startsWith('node:')) return name;
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

function usesGlobal(file: SourceFile, name: string): boolean {
  const pattern = new RegExp(`(?<![\\w.$'"\`])${name.replace('.', '\\.')}(?![\\w$])`);
  return pattern.test(withoutComments(file.text).replace(/'[^'\n]*'/g, "''"));
}

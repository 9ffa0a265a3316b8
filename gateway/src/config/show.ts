import { Document, isCollection, isMap, isNode, isScalar } from 'yaml';
import { hideSecrets } from './hide-secrets.ts';
import type { LoadedConfig } from './load.ts';
import { pathText, valueAt } from './path.ts';
import { ownSettings } from './settings.ts';

/** The effective configuration as YAML, secrets hidden, each setting with where it comes from. */
export function shownAsYaml(loaded: LoadedConfig): string {
  const document = new Document(hideSecrets(loaded.config), { aliasDuplicateObjects: false });
  for (const { path, origins } of originsOfAll(loaded)) {
    const value: unknown = document.getIn(path, true);
    const comment = ` ${origins.join(', ')}`;
    if (isCollection(value)) commentAbove(document, path, comment);
    else if (isNode(value)) value.comment = comment;
  }
  return document.toString({ lineWidth: 0 });
}

/** A list or a mapping has no room beside it, so its comment stands above its name. */
function commentAbove(document: Document, path: readonly string[], comment: string): void {
  const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const pair = isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1)) : undefined;
  if (isNode(pair?.key)) pair.key.commentBefore = comment;
}

/** The same as JSON. */
export function shownAsJson(loaded: LoadedConfig): string {
  const from = Object.fromEntries(originsOfAll(loaded).map(({ path, origins }) => [pathText(path), origins]));
  return `${JSON.stringify({ config: hideSecrets(loaded.config), from }, undefined, 2)}\n`;
}

function originsOfAll({ config, originsOf }: LoadedConfig) {
  return ownSettings()
    .filter(({ path }) => valueAt(config, path) !== undefined)
    .map(({ path }) => ({ path, origins: originsOf(path) }));
}

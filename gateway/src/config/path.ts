/** Where a value stands within the configuration: `['models', 0, 'name']`. */
export type SettingPath = readonly (string | number)[];

/** A path as people write it: `models[0].name`. */
export function pathText(path: SettingPath): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      const plain = /^[\w*-]+$/.test(part);
      if (!plain) return `[${JSON.stringify(part)}]`;
      return index === 0 ? part : `.${part}`;
    })
    .join('');
}

/** A key under which a path can be kept in a Map. */
export const pathKey = (path: SettingPath): string => JSON.stringify(path);

/** A mapping as it comes out of YAML or JSON. */
export type Tree = { [key: string]: unknown };

/** Whether a value is a mapping, and not a list or a single value. */
export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value at a path, or `undefined`. */
export function valueAt(root: unknown, path: SettingPath): unknown {
  let value = root;
  for (const part of path) {
    if (Array.isArray(value)) value = typeof part === 'number' ? value[part] : undefined;
    else if (isTree(value) && Object.hasOwn(value, part)) value = value[part];
    else return undefined;
  }
  return value;
}

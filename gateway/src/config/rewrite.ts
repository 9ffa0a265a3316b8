import type { SettingPath } from './path.ts';
import { isTree } from './path.ts';
import { Config } from './schema.ts';
import { type Peeled, peel, type Schema, schemaOfPart } from './settings.ts';

/** Makes a copy of a configuration in which `each` has decided about every single value the schema knows. */
export function rewritten(root: unknown, each: (value: unknown, about: Peeled, path: SettingPath) => unknown): unknown {
  const visit = (schema: Schema | undefined, value: unknown, path: SettingPath): unknown => {
    if (schema === undefined) return value;
    const parts = (part: string | number, item: unknown) =>
      visit(schemaOfPart(schema, part, value), item, [...path, part]);
    if (Array.isArray(value)) return value.map((item, index) => parts(index, item));
    if (isTree(value))
      return Object.fromEntries(Object.entries(value).map(([part, item]) => [part, parts(part, item)]));
    return each(value, peel(schema), path);
  };
  return visit(Config, root, []);
}

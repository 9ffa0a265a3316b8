import { z } from 'zod';
import type { SettingPath } from './path.ts';
import { isTree } from './path.ts';
import { Config } from './schema.ts';

/** Any piece of the schema. */
export type Schema = z.core.$ZodType;

/** A piece of the schema without its wrappers, and what the wrappers said. */
export interface Peeled {
  readonly core: Schema;
  readonly description: string | undefined;
  /** Never to be printed. */
  readonly secret: boolean;
  /** May be written as `env:NAME` or `file:/path`. */
  readonly reference: boolean;
  readonly fallback: unknown;
  readonly required: boolean;
}

/** Takes default, prefault and optional off a schema. */
export function peel(schema: Schema): Peeled {
  let core = schema;
  let fallback: unknown;
  let required = true;
  let meta: Record<string, unknown> = {};
  for (;;) {
    meta = { ...z.globalRegistry.get(core), ...meta };
    if (core instanceof z.ZodDefault || core instanceof z.ZodPrefault) fallback ??= core.def.defaultValue;
    else if (!(core instanceof z.ZodOptional)) break;
    required = false;
    core = core.def.innerType;
  }
  const secret = meta['secret'] === true;
  const description = typeof meta['description'] === 'string' ? meta['description'] : undefined;
  return { core, description, secret, reference: secret || meta['reference'] === true, fallback, required };
}

/** The schema of one part of a value, or `undefined` if there can be no such part. */
export function schemaOfPart(schema: Schema, part: string | number, value: unknown): Schema | undefined {
  const { core } = peel(schema);
  if (core instanceof z.ZodObject) return Object.hasOwn(core.shape, part) ? core.shape[part] : undefined;
  if (core instanceof z.ZodArray) return core.element;
  if (core instanceof z.ZodRecord) return core.valueType;
  if (core instanceof z.ZodDiscriminatedUnion) {
    const option = chosenOption(core, value);
    return option === undefined ? undefined : schemaOfPart(option, part, value);
  }
  return undefined;
}

/** The schema that speaks about a path, with the value at hand to choose between kinds. */
export function schemaAt(path: SettingPath, root: unknown): Schema | undefined {
  let schema: Schema | undefined = Config;
  let value = root;
  for (const part of path) {
    if (schema === undefined) return undefined;
    schema = schemaOfPart(schema, part, value);
    value = typeof value === 'object' && value !== null ? Reflect.get(value, part) : undefined;
  }
  return schema;
}

/** The names that a mapping described by this schema may have. */
export function namesOf(schema: Schema, value: unknown): readonly string[] {
  const { core } = peel(schema);
  if (core instanceof z.ZodObject) return Object.keys(core.shape);
  if (!(core instanceof z.ZodDiscriminatedUnion)) return [];
  const option = chosenOption(core, value);
  return option === undefined ? [] : namesOf(option, value);
}

function chosenOption(union: z.ZodDiscriminatedUnion, value: unknown): Schema | undefined {
  const kind = isTree(value) ? value[union.def.discriminator] : undefined;
  return union.options.find((option) => kindOf(option, union.def.discriminator) === kind);
}

function kindOf(option: Schema, discriminator: string): unknown {
  const literal = option instanceof z.ZodObject ? option.shape[discriminator] : undefined;
  return literal instanceof z.ZodLiteral ? literal.value : undefined;
}

/** One line of the reference page. Items of lists are written `models[].name`, entries of mappings `providers.*.key`. */
export interface Setting extends Peeled {
  readonly name: string;
  /** Set when the setting can be given on its own (by an environment name or a flag); parts of lists can't. */
  readonly path: readonly string[] | undefined;
}

/** Every setting, in the order of the schema. */
export function settings(): readonly Setting[] {
  return listed(Config, '', []);
}

/** Every setting that can be given on its own. */
export function ownSettings(): readonly (Setting & { readonly path: readonly string[] })[] {
  return settings().flatMap((setting) => (setting.path === undefined ? [] : [{ ...setting, path: setting.path }]));
}

function listed(schema: Schema, name: string, path: readonly string[] | undefined): Setting[] {
  const peeled = peel(schema);
  const { core } = peeled;
  if (core instanceof z.ZodObject) return partsOf(core, name, path);
  const own: Setting = { ...peeled, name, path };
  if (core instanceof z.ZodArray) return [own, ...insides(core.element, `${name}[]`)];
  if (core instanceof z.ZodRecord) return [own, ...insides(core.valueType, `${name}.*`)];
  return [own];
}

function partsOf({ shape }: z.ZodObject, name: string, path: readonly string[] | undefined): Setting[] {
  return Object.entries(shape).flatMap(([part, schema]) =>
    listed(schema, name === '' ? part : `${name}.${part}`, path && [...path, part]),
  );
}

/** Only what lies within objects deserves lines of its own; plain items are told by their list's line. */
function insides(schema: Schema, name: string): Setting[] {
  const { core } = peel(schema);
  if (core instanceof z.ZodObject) return partsOf(core, name, undefined);
  if (!(core instanceof z.ZodDiscriminatedUnion)) return [];
  return core.options.flatMap((option) => {
    const kind = String(kindOf(option, core.def.discriminator));
    return option instanceof z.ZodObject ? partsOf(option, `${name}(${kind})`, undefined) : [];
  });
}

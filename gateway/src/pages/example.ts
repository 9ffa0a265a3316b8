/** What is read of a JSON Schema. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
}

/** The smallest thing that a JSON Schema of ours takes, as far as one can tell from it. */
export function exampleFor(schema: Schema): unknown {
  const { examples, anyOf, type, items, required = [], properties = {} } = schema;
  const said = (examples ?? schema.enum)?.[0] ?? schema.default ?? schema.const;
  if (said !== undefined) return said;
  if (anyOf?.[0]) return exampleFor(anyOf[0]);
  switch (typeof type === 'object' ? type[0] : type) {
    case 'object':
      return Object.fromEntries(required.map((name) => [name, exampleFor(properties[name] ?? {})]));
    case 'array':
      return items === undefined ? [] : [exampleFor(items)];
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    case 'boolean':
      return false;
    default:
      return 'text';
  }
}

import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parse } from 'yaml';
import { installed, OPENAPI_FILE } from './oracles.ts';

/** Ajv's entry, if it is installed. */
export const ajvEntry = installed('ajv/dist/2020.js');

interface Validate {
  (value: unknown): boolean;
  readonly errors?: readonly { readonly instancePath: string; readonly message?: string }[] | null;
}
interface Ajv {
  readonly addSchema: (schema: object, name: string) => void;
  readonly getSchema: (name: string) => Validate | undefined;
}
type Json = Readonly<Record<string, unknown>>;

/** What is wrong with a value by one of OpenAI's schemas, in which whatever may be absent may be null too. */
export type Judge = (schema: string, value: unknown) => readonly string[];

/** Reads OpenAI's description once; the recordings of real replies pass it only with null for what may be absent. */
export async function openJudge(): Promise<Judge> {
  const { Ajv2020 } = (await import(pathToFileURL(ajvEntry ?? '').href)) as { Ajv2020: new (options: object) => Ajv };
  const { components } = parse(readFileSync(OPENAPI_FILE, 'utf8'), { maxAliasCount: -1 }) as { components: unknown };
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true, logger: false });
  ajv.addSchema({ $id: 'openai', components: relaxed(components) }, 'openai');
  return (schema, value) => {
    const validate = ajv.getSchema(`openai#/components/schemas/${schema}`);
    if (!validate) return [`there is no schema ${schema}`];
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath || '/'} ${message ?? ''}`);
  };
}

/** Ajv wants a discriminator to be more than OpenAPI does, so it goes; the alternatives stay. What is nullable is said in JSON Schema's own words. */
function relaxed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(relaxed);
  if (typeof node !== 'object' || node === null) return node;
  const { discriminator: _, nullable, ...fields } = node as Json;
  if (nullable === true) return { anyOf: [relaxed(fields), { type: 'null' }] };
  const { properties, required } = fields;
  const known = Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, relaxed(value)]));
  if (typeof properties !== 'object' || properties === null || Array.isArray(properties)) return known;
  const must = new Set(Array.isArray(required) ? required : []);
  const optional = Object.entries(known['properties'] as Json).map(([key, value]) => [
    key,
    must.has(key) ? value : { anyOf: [value, { type: 'null' }] },
  ]);
  return { ...known, properties: Object.fromEntries(optional) as Json };
}

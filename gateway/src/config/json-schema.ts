import { z } from 'zod';
import { Config } from './schema.ts';

/** The JSON Schema of `synthlang.yaml`, for editors. */
export function configJsonSchema(): Record<string, unknown> {
  const { $schema, ...rest } = z.toJSONSchema(Config, {
    io: 'input',
    override: ({ jsonSchema }) => {
      if (jsonSchema['secret'] === true) jsonSchema.writeOnly = true;
      delete jsonSchema['secret'];
      delete jsonSchema['reference'];
    },
  });
  return { $schema, title: 'SynthLang Proxy configuration', ...rest };
}

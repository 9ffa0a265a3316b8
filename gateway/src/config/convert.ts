import { Document } from 'yaml';
import { fromLitellm, isLitellm } from './from-litellm.ts';
import { pathText, type Tree } from './path.ts';
import { ConfigError } from './problem.ts';
import { readYaml } from './yaml-source.ts';

/** A LiteLLM file as one of ours. */
export interface Converted {
  readonly yaml: string;
  /** What didn't come along, each by its full path. */
  readonly unsupported: readonly string[];
}

/** Writes a LiteLLM file anew in our format. */
export function convertText(text: string, file: string): Converted {
  const { tree } = readYaml(text, { file, version: '1.1' });
  if (!isLitellm(tree)) {
    const message = 'is no LiteLLM file: it has none of LiteLLM’s sections, such as model_list';
    throw new ConfigError([{ path: '', file, message }]);
  }
  const { config, unsupported, environment } = fromLitellm(tree);
  const names = Object.keys(environment).map(
    (name) => `${pathText(['environment_variables', name])}: set it in the environment or in a .env file`,
  );
  return { yaml: yamlText(config), unsupported: [...unsupported, ...names] };
}

/** Settings as the YAML of a config file. */
export function yamlText(config: Tree): string {
  return new Document(config, { aliasDuplicateObjects: false }).toString({ lineWidth: 0 });
}

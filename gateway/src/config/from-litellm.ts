import type { Draft } from './draft.ts';
import { translateModels } from './litellm-models.ts';
import { environmentReference, LitellmSection, LitellmWork } from './litellm-section.ts';
import { translateGeneral, translateRouter, translateSettings } from './litellm-sections.ts';
import type { Tree } from './path.ts';

const SIGNS = ['model_list', 'litellm_settings', 'router_settings', 'general_settings', 'environment_variables'];

/** Whether a file is LiteLLM's `config.yaml`: its sections have names that ours never have. */
export const isLitellm = (tree: Tree): boolean => SIGNS.some((sign) => Object.hasOwn(tree, sign));

/** A LiteLLM file in our words. */
export interface Translation {
  /** In our shape, not yet checked. */
  readonly config: Tree;
  /** Full paths of what has no counterpart here. */
  readonly unsupported: readonly string[];
  /** What `environment_variables` sets. */
  readonly environment: Readonly<Record<string, string>>;
  /** The same as `config`, with the way back to their places. */
  readonly draft: Draft;
}

/** Translates a LiteLLM file, read from YAML, into our configuration. Nothing it says is left out in silence. */
export function fromLitellm(tree: Tree): Translation {
  const work = new LitellmWork();
  const file = new LitellmSection(tree, { path: [], work });
  readEnvironment(file);
  const models = file.take('model_list');
  if (models !== undefined) translateModels(models, work);
  translate(file, 'litellm_settings', translateSettings);
  translate(file, 'router_settings', translateRouter);
  translate(file, 'general_settings', translateGeneral);
  file.close();
  const { draft, unsupported, environment } = work;
  return { config: draft.tree, unsupported, environment, draft };
}

function translate(file: LitellmSection, key: string, how: (section: LitellmSection) => void): void {
  const section = file.section(key);
  if (section !== undefined) how(section);
}

function readEnvironment(file: LitellmSection): void {
  const values = file.take('environment_variables');
  if (values === undefined) return;
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    file.work.refuse(['environment_variables'], 'is not a mapping');
    return;
  }
  for (const [name, value] of Object.entries(values)) {
    const plain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    const itself = environmentReference(value) === name;
    if (itself) continue;
    if (!plain || environmentReference(value) !== undefined) file.work.refuse(['environment_variables', name]);
    else file.work.environment[name] = String(value);
  }
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));

/** OpenAI's own description of its API lies beside the repository, and is not part of it. */
export const OPENAPI_FILE = fileURLToPath(
  new URL('../../../../shared/data/openai-openapi/openapi.yaml', import.meta.url),
);

/** A file of an oracle as npm installed it in this folder, if it did. */
export function installed(entry: string): string | undefined {
  const path = join(HERE, 'node_modules', entry);
  return existsSync(path) ? path : undefined;
}

/** Why a suite that needs an oracle can't run; nothing where it can. */
export function whyNot(oracle: string | undefined): string | undefined {
  if (!existsSync(OPENAPI_FILE)) return 'no ../shared/data/openai-openapi';
  return oracle === undefined ? 'not installed; run npm ci --prefix gateway/test/oracles' : undefined;
}

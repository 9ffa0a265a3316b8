// `npm run docs`: writes the reference pages from the code. The docs test fails as long as they differ.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '../rules/sources.ts';
import { referencePages } from './reference.ts';

for (const [path, text] of Object.entries(await referencePages())) {
  mkdirSync(dirname(join(ROOT, path)), { recursive: true });
  writeFileSync(join(ROOT, path), text);
  process.stdout.write(`${path}\n`);
}

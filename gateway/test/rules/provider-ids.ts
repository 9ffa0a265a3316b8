import { filesUnder, isTest } from './sources.ts';

/** The ids of all providers, read from their files, so that the rules hold even while the program doesn't compile. */
export const PROVIDER_IDS: readonly string[] = filesUnder('gateway/src/providers', ['.ts'])
  .filter((file) => !isTest(file))
  .flatMap(({ text }) => /^ {2}id: '([^']+)'/m.exec(text)?.[1] ?? []);

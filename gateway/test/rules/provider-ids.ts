import { filesUnder, isTest } from './sources.ts';

/** The ids of all providers, read from their files, so that the rules hold even while the program doesn't compile. */
export const PROVIDER_IDS: readonly string[] = idsIn(() => true);

/** Those that answer chats, which fixtures show. */
export const CHATTING_IDS: readonly string[] = idsIn((text) => !/^ {2}chat: \[\],$/m.test(text));

function idsIn(fits: (text: string) => boolean): readonly string[] {
  return filesUnder('gateway/src/providers', ['.ts'])
    .filter((file) => !isTest(file) && fits(file.text))
    .flatMap(({ text }) => /^ {2}id: '([^']+)'/m.exec(text)?.[1] ?? []);
}

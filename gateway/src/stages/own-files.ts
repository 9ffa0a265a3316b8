import { GatewayError } from '../model/error.ts';
import type { Stage } from './contract.ts';

/** More than any provider takes. */
const FILES_MAX = 500;

/** How requests name files, in the words of all wires. */
const ONE = ['file_id', 'fileId'];
const SEVERAL = ['file_ids', 'fileIds'];
const ADDRESS = ['fileUri', 'file_uri'];
/** Files of an account at Google; other addresses are anybody's. https://ai.google.dev/api/files */
const GOOGLE_FILE = /^https:\/\/generativelanguage\.googleapis\.com\/.{0,40}files\//;
/** What stands in a request that names a file. */
const MARKS = ['file_id', 'fileId', 'fileUri', 'file_uri'];

/**
 * Lets requests name only files that the caller's own key has uploaded. All keys share the gateway's account at a
 * provider, so a file's id would otherwise open everybody's files. Admins may name any.
 */
export function ownFiles(isOwn: (fileId: string, keyId: string) => Promise<boolean>): Stage {
  return {
    name: 'own-files',
    wants: ({ caller, ask: { origin } }) =>
      caller.role !== 'admin' && origin !== undefined && MARKS.some((mark) => origin.bytes.includes(mark)),
    run: async ({ caller, ask }) => {
      const named = [...new Set(filesIn(ask.origin?.body))];
      if (named.length > FILES_MAX)
        throw new GatewayError('request.invalid', `A request may name at most ${FILES_MAX} files.`);
      for (const id of named) if (!(await isOwn(id, caller.keyId))) throw unknown(id);
      return {};
    },
  };
}

function unknown(id: string): GatewayError {
  const shown = id.slice(0, 128);
  return new GatewayError('record.unknown', `There is no file "${shown}" that this key has uploaded here.`);
}

/** The files that a value names, however deep; the parser has bounded the depth. */
function filesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(filesIn);
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    if (ONE.includes(key) && typeof inner === 'string') return [inner];
    if (ADDRESS.includes(key) && typeof inner === 'string') return GOOGLE_FILE.test(inner) ? [inner] : [];
    if (SEVERAL.includes(key) && Array.isArray(inner)) return inner.filter((one) => typeof one === 'string');
    return filesIn(inner);
  });
}

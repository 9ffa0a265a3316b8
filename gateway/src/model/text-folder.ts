/** One file of a folder, by its path from there. */
export interface FolderFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

/** A folder whose texts may be read. `stores/text-folder.ts` is the real one; tests pass an object. */
export interface TextFolder {
  /** Its files, those in folders within it included. */
  readonly list: () => Promise<readonly FolderFile[]>;
  /** The text of a listed file; `undefined` when it is gone, or isn't text. */
  readonly read: (path: string) => Promise<string | undefined>;
}

import MiniSearch from 'minisearch';
import { GatewayError } from '../../model/error.ts';
import type { FolderFile, TextFolder } from '../../model/text-folder.ts';

/** A place in a file that fits a question. */
export interface Passage {
  readonly path: string;
  /** The first line of it, counted from 1. */
  readonly line: number;
  readonly text: string;
  readonly score: number;
}

/** Limits of the index. */
export interface FileIndexSettings {
  /** All texts together. */
  readonly totalBytesMax: number;
  /** How old the index may get before the folder is looked at again. */
  readonly refreshMs: number;
}

const PASSAGE_LINES = 30;
const PASSAGE_CHARACTERS_MAX = 2000;

interface Kept {
  readonly file: FolderFile;
  readonly ids: readonly number[];
}

interface IndexedPassage {
  readonly id: number;
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

/** The texts of a folder, cut into passages and ranked by BM25. Only what changed is read again. */
export class FileIndex {
  readonly #folder: TextFolder;
  readonly #settings: FileIndexSettings;
  readonly #search = new MiniSearch<IndexedPassage>({ fields: ['text', 'path'] });
  readonly #passages = new Map<number, IndexedPassage>();
  readonly #files = new Map<string, Kept>();
  #refreshing: Promise<void> | undefined;
  #refreshedMs = Number.NEGATIVE_INFINITY;
  #nextId = 0;

  constructor(folder: TextFolder, settings: FileIndexSettings) {
    this.#folder = folder;
    this.#settings = settings;
  }

  get fileCount(): number {
    return this.#files.size;
  }

  /** The best passages for some words, best first. */
  async find(words: string, most: number, nowMs: number): Promise<readonly Passage[]> {
    await this.refresh(nowMs);
    const found = this.#search.search(words, { boost: { path: 2 }, prefix: (term) => term.length > 3 });
    return found.slice(0, most).flatMap(({ id, score }) => {
      const passage = this.#passages.get(id as number);
      return passage ? [{ path: passage.path, line: passage.line, text: passage.text, score }] : [];
    });
  }

  /** Reads what has changed, if it is time. Whoever comes meanwhile waits for the same reading. */
  async refresh(nowMs: number): Promise<void> {
    if (nowMs - this.#refreshedMs < this.#settings.refreshMs) return;
    this.#refreshing ??= this.#reread().finally(() => (this.#refreshing = undefined));
    await this.#refreshing;
    this.#refreshedMs = nowMs;
  }

  async #reread(): Promise<void> {
    const listed = await this.#folder.list().catch((thrown: unknown) => {
      throw new GatewayError('tool.failed', 'The folder of files can’t be read.', { cause: thrown });
    });
    const wanted = new Map(withinTotal(listed, this.#settings.totalBytesMax).map((file) => [file.path, file]));
    for (const { file } of this.#files.values()) if (!isSame(file, wanted.get(file.path))) this.#forget(file.path);
    for (const file of wanted.values()) {
      if (this.#files.has(file.path)) continue;
      const text = await this.#folder.read(file.path);
      this.#learn(file, text ?? '');
    }
  }

  #learn(file: FolderFile, text: string): void {
    const passages = passagesOf(text).map((passage) => ({ ...passage, id: this.#nextId++, path: file.path }));
    for (const passage of passages) this.#passages.set(passage.id, passage);
    this.#search.addAll(passages);
    this.#files.set(file.path, { file, ids: passages.map(({ id }) => id) });
  }

  #forget(path: string): void {
    const ids = this.#files.get(path)?.ids ?? [];
    for (const id of ids) this.#passages.delete(id);
    this.#search.discardAll(ids);
    this.#files.delete(path);
  }
}

function isSame(a: FolderFile, b: FolderFile | undefined): boolean {
  return b !== undefined && a.sizeBytes === b.sizeBytes && a.modifiedMs === b.modifiedMs;
}

function withinTotal(files: readonly FolderFile[], bytesMax: number): readonly FolderFile[] {
  let total = 0;
  return files.filter(({ sizeBytes }) => (total += sizeBytes) <= bytesMax);
}

/** Cuts a text at line ends, and a line that is endless anywhere. */
function passagesOf(text: string): readonly { readonly line: number; readonly text: string }[] {
  const passages: { line: number; text: string }[] = [];
  let open: string[] = [];
  let size = 0;
  let begin = 1;
  const close = (next: number): void => {
    const whole = open.join('\n');
    for (let at = 0; at < whole.length; at += PASSAGE_CHARACTERS_MAX) {
      const piece = whole.slice(at, at + PASSAGE_CHARACTERS_MAX);
      if (piece.trim() !== '') passages.push({ line: begin, text: piece });
    }
    [open, size, begin] = [[], 0, next];
  };
  for (const [at, line] of text.split('\n').entries()) {
    if (open.length >= PASSAGE_LINES || size + line.length > PASSAGE_CHARACTERS_MAX) close(at + 1);
    open.push(line);
    size += line.length + 1;
  }
  close(0);
  return passages;
}

import { Draft } from './draft.ts';
import { isTree, pathText, type SettingPath, type Tree } from './path.ts';

/** What a translation has put together so far. */
export class LitellmWork {
  readonly draft = new Draft();
  readonly unsupported: string[] = [];
  readonly environment: Record<string, string> = {};

  /** Notes a key that has no counterpart here, by its full path. */
  refuse(path: SettingPath, why?: string): void {
    this.unsupported.push(why === undefined ? pathText(path) : `${pathText(path)}: ${why}`);
  }

  /** `os.environ/NAME` in our spelling; what the file itself sets is put in right away. */
  reference(value: unknown): unknown {
    const name = environmentReference(value);
    if (name === undefined) return value;
    return Object.hasOwn(this.environment, name) ? this.environment[name] : `env:${name}`;
  }
}

/** The name in `os.environ/NAME`. */
export const environmentReference = (value: unknown): string | undefined =>
  typeof value === 'string' && value.startsWith('os.environ/') ? value.slice('os.environ/'.length) : undefined;

/** One mapping of a LiteLLM file. What nobody has taken when it is closed is unsupported. */
export class LitellmSection {
  readonly path: SettingPath;
  readonly work: LitellmWork;
  readonly #values: Tree;
  readonly #taken = new Set<string>();

  constructor(values: Tree, { path, work }: { path: SettingPath; work: LitellmWork }) {
    this.#values = values;
    this.path = path;
    this.work = work;
  }

  /** The section's value under a key; nothing there and an empty value are the same. */
  take(key: string): unknown {
    this.#taken.add(key);
    return Object.hasOwn(this.#values, key) ? (this.#values[key] ?? undefined) : undefined;
  }

  /** The same, without taking it. */
  peek(key: string): unknown {
    return Object.hasOwn(this.#values, key) ? this.#values[key] : undefined;
  }

  /** A section within this one. */
  section(key: string): LitellmSection | undefined {
    const values = this.take(key);
    if (values === undefined) return undefined;
    if (isTree(values)) return new LitellmSection(values, { path: [...this.path, key], work: this.work });
    this.work.refuse([...this.path, key], 'is not a mapping');
    return undefined;
  }

  /** Moves one value to its place here. A reader that returns `undefined` refuses it. */
  move(key: string, to: SettingPath, read: (value: unknown) => unknown): void {
    const value = this.take(key);
    if (value === undefined) return;
    const meaning = read(value);
    if (meaning === undefined) this.work.refuse([...this.path, key]);
    else this.put(to, meaning, [key]);
  }

  /** Sets a value here, and remembers which of theirs it came from. */
  put(to: SettingPath, value: unknown, from: SettingPath): void {
    this.work.draft.set(to, value, { kind: 'file', at: [...this.path, ...from] });
  }

  /** Takes a key whose effect is already how things are here; any other value is unsupported. */
  expect(key: string, isSo: (value: unknown) => boolean): void {
    const value = this.take(key);
    if (value !== undefined && !isSo(value)) this.work.refuse([...this.path, key]);
  }

  /** Lists what nobody took. */
  close(): void {
    for (const [key, value] of Object.entries(this.#values)) {
      if (!this.#taken.has(key) && value !== null) this.work.refuse([...this.path, key]);
    }
  }
}

/** A number as it is or in digits. What is neither goes on as it is, so that the schema complains with its place. */
export function readNumber(value: unknown): unknown {
  if (environmentReference(value) !== undefined) return undefined;
  return typeof value === 'string' && /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : value;
}

/** Seconds as milliseconds. */
export function readSeconds(value: unknown): unknown {
  const seconds = readNumber(value);
  return typeof seconds === 'number' ? Math.round(seconds * 1000) : seconds;
}

/** Mebibytes as bytes. */
export function readMebibytes(value: unknown): unknown {
  const mebibytes = readNumber(value);
  return typeof mebibytes === 'number' ? Math.round(mebibytes * 1_048_576) : mebibytes;
}

/** A value that means the same here. */
export function readAsIs(value: unknown): unknown {
  return environmentReference(value) === undefined ? value : undefined;
}

/** True or false, as LiteLLM takes them as texts too. What is neither goes on, so that the schema complains with its place. */
export function readTruth(value: unknown): unknown {
  const word = typeof value === 'string' ? value.trim().toLowerCase() : value;
  return word === 'true' ? true : word === 'false' ? false : readAsIs(value);
}

import { isTree, pathKey, type SettingPath, type Tree } from './path.ts';

/** Where a value comes from. */
export type Origin =
  /** A place in the config file, by that file's own names. */
  | { readonly kind: 'file'; readonly at: SettingPath }
  | { readonly kind: 'environment'; readonly name: string }
  | { readonly kind: 'flag' };

/** A configuration in the making: later layers are written over earlier ones, and each value remembers its origin. */
export class Draft {
  readonly tree: Tree = {};
  readonly #origins = new Map<string, Origin>();

  /** Sets one value. Where the way to it is blocked by a mistake, the mistake stays, to be reported. */
  set(path: SettingPath, value: unknown, origin: Origin): void {
    let at: unknown = this.tree;
    for (const [index, part] of path.entries()) {
      if (typeof at !== 'object' || at === null) return;
      const last = index === path.length - 1;
      if (last) put(at, part, value);
      else if (Reflect.get(at, part) === undefined) put(at, part, typeof path[index + 1] === 'number' ? [] : {});
      at = Reflect.get(at, part);
    }
    this.#origins.set(pathKey(path), origin);
  }

  /** Adds an item at the end of a list. */
  add(path: SettingPath, item: unknown, origin: Origin): void {
    const list = this.get(path) ?? [];
    if (!Array.isArray(list)) return;
    this.set([...path, list.length], item, origin);
  }

  /** Says where a value comes from that is already there. */
  trace(path: SettingPath, origin: Origin): void {
    this.#origins.set(pathKey(path), origin);
  }

  get(path: SettingPath): unknown {
    let at: unknown = this.tree;
    for (const part of path) at = typeof at === 'object' && at !== null ? Reflect.get(at, part) : undefined;
    return at;
  }

  /** Where a value, or the nearest thing around it, comes from. */
  originOf(path: SettingPath): Origin | undefined {
    for (let length = path.length; length >= 0; length--) {
      const origin = this.#origins.get(pathKey(path.slice(0, length)));
      if (origin?.kind === 'file') return { kind: 'file', at: [...origin.at, ...path.slice(length)] };
      if (origin !== undefined) return origin;
    }
    return undefined;
  }

  /** Every origin of a value and of what lies within it. */
  originsWithin(path: SettingPath): readonly Origin[] {
    const value = this.get(path);
    if (value === undefined) return [];
    const own = this.originOf(path);
    const within = Array.isArray(value)
      ? value.flatMap((_, index) => this.originsWithin([...path, index]))
      : isTree(value)
        ? Object.keys(value).flatMap((part) => this.originsWithin([...path, part]))
        : [];
    return within.length > 0 ? within : own === undefined ? [] : [own];
  }
}

/** Defines instead of assigning, so that a key named `__proto__` is only a key. */
function put(target: object, part: string | number, value: unknown): void {
  Object.defineProperty(target, part, { value, writable: true, enumerable: true, configurable: true });
}

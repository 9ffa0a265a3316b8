/** Names the calls of a conversation whose wire may leave their ids out: results belong to calls by name, in order. */
export class CallIds {
  #count = 0;
  /** Calls that have no result yet. */
  readonly #open: { readonly id: string; readonly name: string }[] = [];

  /** The id of the next call. */
  called(name: string, said: string | undefined): string {
    this.#count += 1;
    const id = said ?? `call_${this.#count}`;
    this.#open.push({ id, name });
    return id;
  }

  /** The id of the call that a result belongs to; one that names no tool belongs to the first that waits. */
  answered(name: string | undefined, said: string | undefined): string {
    const isMeant = (call: { readonly id: string; readonly name: string }): boolean =>
      said === undefined ? name === undefined || call.name === name : call.id === said;
    const at = this.#open.findIndex(isMeant);
    const [call] = at === -1 ? [] : this.#open.splice(at, 1);
    if (call || said !== undefined) return call?.id ?? said ?? '';
    this.#count += 1;
    return `call_${this.#count}`;
  }
}

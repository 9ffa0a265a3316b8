/** Something that can be in one roster at a time. */
export interface RosterMember {
  /** Where it stands, `-1` when in no roster. Kept by the roster alone. */
  rosterIndex: number;
}

/**
 * Things that come and go with every request, in no order. A Set would do, but every few hundred changes it makes itself
 * a new table, and the old ones, dead but tenured, keep whatever was in the new ones alive until the next full
 * collection: that tripled the cost of collecting garbage.
 */
export class Roster<Member extends RosterMember> {
  readonly #members: Member[] = [];

  get size(): number {
    return this.#members.length;
  }

  add(member: Member): void {
    if (member.rosterIndex !== -1) return;
    member.rosterIndex = this.#members.length;
    this.#members.push(member);
  }

  delete(member: Member): void {
    const at = member.rosterIndex;
    if (at === -1) return;
    const last = this.#members.pop();
    if (last && last !== member) {
      this.#members[at] = last;
      last.rosterIndex = at;
    }
    member.rosterIndex = -1;
  }

  /** All of them as they are now; they may come and go meanwhile. */
  [Symbol.iterator](): Iterator<Member> {
    return [...this.#members][Symbol.iterator]();
  }
}

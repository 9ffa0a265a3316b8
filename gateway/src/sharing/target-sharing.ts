import type { HealthBook } from '../health/health-book.ts';
import type { TargetHealth } from '../health/target-health.ts';
import { regularly } from '../model/regularly.ts';
import type { Deadlines } from '../model/upstream.ts';
import type { SharedBoard } from './contract.ts';
import { messageIn, restIn, type TargetNews } from './target-message.ts';

/** How often gateways tell each other how targets do. */
export interface SharingSettings {
  readonly tellEveryMs: number;
  /** How often everything is read anew, since messages can be missed. */
  readonly readEveryMs: number;
}

/** What sharing needs of the world. */
export interface SharingPorts {
  readonly health: HealthBook;
  readonly deadlines: Deadlines;
  /** Monotonic milliseconds. */
  readonly clockMs: () => number;
  /** Names this gateway among all. */
  readonly name: string;
}

/** What the others know of a target, as far as this gateway knows. */
interface Known {
  restUntilMs: number;
}

const IS_OVER: TargetNews['rest'] = { code: 'upstream.unavailable', leftMs: 0 };

/**
 * Tells other gateways which targets are left alone and how much was asked of them, and hears the same. Everything is
 * learnt a moment later than where it happened; nobody waits for it.
 */
export class TargetSharing {
  readonly #board: SharedBoard;
  readonly #ports: SharingPorts;
  readonly #known = new Map<string, Known>();
  readonly #end: readonly (() => void)[];

  constructor(board: SharedBoard, settings: SharingSettings, ports: SharingPorts) {
    this.#board = board;
    this.#ports = ports;
    board.hear((text) => this.#heard(text));
    const tell = (): Promise<void> => Promise.resolve(this.tell());
    this.#end = [
      regularly(tell, settings.tellEveryMs, ports.deadlines),
      regularly(() => this.read(), settings.readEveryMs, ports.deadlines),
    ];
  }

  /** Tells what has changed since the last time. */
  tell(): void {
    const now = this.#ports.clockMs();
    const targets: TargetNews[] = [];
    for (const [id, health] of this.#ports.health.all()) {
      const rest = this.#changedRest(id, health, now);
      const { requests, tokens } = health.untold();
      if (!rest && requests === 0 && tokens === 0) continue;
      targets.push({ id, requests, tokens, ...(rest ? { rest } : {}) });
      if (rest) this.#board.note(id, rest.leftMs > 0 ? rest : undefined);
    }
    if (targets.length > 0) this.#board.tell(JSON.stringify({ from: this.#ports.name, targets }));
  }

  /** Reads which targets rest, as the others have written it down. */
  async read(): Promise<void> {
    let rests;
    try {
      rests = await this.#board.rests();
    } catch {
      return; // what was heard before holds until it is over
    }
    for (const [id, noted] of rests) {
      const rest = restIn(noted);
      if (rest && rest.leftMs > 0) this.#learn(id, rest);
    }
  }

  /** Tells what is left to tell, and nothing any more. */
  close(): void {
    for (const end of this.#end) end();
    this.tell();
  }

  /** Whether a target was left alone or asked again since the others were told, by this gateway's own doing. */
  #changedRest(id: string, { breaker }: TargetHealth, now: number): TargetNews['rest'] {
    const { opened } = breaker;
    const known = this.#known.get(id);
    if (opened && opened.untilMs > now && opened.untilMs !== known?.restUntilMs) {
      this.#known.set(id, { restUntilMs: opened.untilMs });
      return { code: opened.code, leftMs: opened.untilMs - now };
    }
    if (opened || !known) return undefined;
    this.#known.delete(id);
    return IS_OVER;
  }

  #heard(text: string): void {
    const message = messageIn(text);
    if (!message || message.from === this.#ports.name) return;
    const now = this.#ports.clockMs();
    for (const { id, requests, tokens, rest } of message.targets) {
      this.#ports.health.of(id).askedElsewhere({ requests, tokens }, now);
      if (rest) this.#learn(id, rest);
    }
  }

  #learn(id: string, { code, leftMs }: NonNullable<TargetNews['rest']>): void {
    const now = this.#ports.clockMs();
    const { breaker } = this.#ports.health.of(id);
    if (leftMs === 0) {
      breaker.closedElsewhere();
      this.#known.delete(id);
      return;
    }
    breaker.openUntil(now + leftMs, code, now);
    // What was heard is not told again.
    if (breaker.opened) this.#known.set(id, { restUntilMs: breaker.opened.untilMs });
  }
}

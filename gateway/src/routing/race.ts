import { Cancellation } from '../model/cancellation.ts';
import { GatewayError } from '../model/error.ts';
import type { Deadlines } from '../model/upstream.ts';

/** Somebody who may answer. Rejects when that fails, or with the reason of the cancellation. */
export interface Entrant<Answer> {
  readonly ask: (cancellation: Cancellation) => Promise<Answer>;
}

/** What came of asking one of them. */
export interface Finish<Answer> {
  /** 0 is the one who was asked first. */
  readonly place: 0 | 1;
  readonly result: { readonly answer: Answer } | { readonly error: GatewayError };
  readonly startedMs: number;
  readonly endedMs: number;
  /** The answer no longer shares the fate of the turn. */
  readonly release: () => void;
}

/** What a race needs to know. */
export interface RaceGround<Answer> {
  /** How long the first may be silent before the second is asked as well. */
  readonly afterMs: number;
  /** Ends all of it. */
  readonly cancellation: Cancellation;
  readonly deadlines: Deadlines;
  /** Monotonic milliseconds. */
  readonly clockMs: () => number;
  /** Gets rid of an answer that came too late. */
  readonly discard: (answer: Answer) => void;
}

/**
 * Asks the first, and when it says nothing for a while, the second as well, if there is one by then. Whoever answers
 * first wins; the other is told to stop at once and ends with `upstream.outrun`. Gives what came of each that was asked.
 */
export function race<Answer>(
  first: Entrant<Answer>,
  second: () => Entrant<Answer> | undefined,
  ground: RaceGround<Answer>,
): Promise<readonly Finish<Answer>[]> {
  return new Promise((resolve) => {
    const lanes: Lane<Answer>[] = [];
    const patience = ground.deadlines(() => {
      const other = second();
      if (other) start(other, 1);
    });
    const done = (): void => {
      patience.clear();
      resolve(lanes.flatMap(({ finish }) => finish ?? []));
    };
    const start = (entrant: Entrant<Answer>, place: 0 | 1): void => {
      const lane = new Lane<Answer>(place, ground);
      lanes.push(lane);
      lane.run(entrant, (won) => {
        if (won) for (const other of lanes) other.outrun();
        if (lanes.every(({ finish }) => finish)) done();
      });
    };
    start(first, 0);
    patience.set(ground.afterMs);
  });
}

/** One who is being asked. */
class Lane<Answer> {
  finish: Finish<Answer> | undefined;
  readonly #place: 0 | 1;
  readonly #ground: RaceGround<Answer>;
  readonly #own = new Cancellation();
  readonly #startedMs: number;

  constructor(place: 0 | 1, ground: RaceGround<Answer>) {
    this.#place = place;
    this.#ground = ground;
    this.#startedMs = ground.clockMs();
    ground.cancellation.on(this.#own.cancel);
  }

  /** Calls back unless it was outrun meanwhile. */
  run({ ask }: Entrant<Answer>, ended: (won: boolean) => void): void {
    ask(this.#own).then(
      (answer) => {
        if (this.finish) return this.#ground.discard(answer);
        this.#end({ answer });
        ended(true);
      },
      (thrown: unknown) => {
        if (this.finish) return;
        this.#end({ error: GatewayError.from(thrown) });
        ended(false);
      },
    );
  }

  /** Somebody else has answered. */
  outrun(): void {
    if (this.finish) return;
    const error = new GatewayError('upstream.outrun', 'Another target answered first.');
    this.#end({ error });
    this.#own.cancel(error);
  }

  #end(result: Finish<Answer>['result']): void {
    const { cancellation, clockMs } = this.#ground;
    const release = (): void => cancellation.off(this.#own.cancel);
    this.finish = { place: this.#place, result, startedMs: this.#startedMs, endedMs: clockMs(), release };
    if ('error' in result) release();
  }
}

import type { Deployment } from './deployment.ts';

/** A deployment that may be asked, and when at the earliest, on the monotonic clock. */
export interface Candidate {
  readonly deployment: Deployment;
  readonly readyAtMs: number;
}

/** The deployments of one name that may still be asked, in the order they were given. */
export class Candidates {
  #all: readonly Candidate[];

  constructor(deployments: readonly Deployment[]) {
    this.#all = deployments.map((deployment) => ({ deployment, readyAtMs: 0 }));
  }

  get isEmpty(): boolean {
    return this.#all.length === 0;
  }

  /** The one that may be asked first; of several, the first in the list. */
  soonest(): Candidate | undefined {
    let [found] = this.#all;
    for (const other of this.#all) if (found && other.readyAtMs < found.readyAtMs) found = other;
    return found;
  }

  /** The first that may be asked at this time and is as wanted. */
  readyAt(nowMs: number, isWanted: (deployment: Deployment) => boolean): Candidate | undefined {
    return this.#all.find(({ deployment, readyAtMs }) => readyAtMs <= nowMs && isWanted(deployment));
  }

  /** It is being asked, or never will be. */
  remove(candidate: Candidate): void {
    this.#all = this.#all.filter((other) => other !== candidate);
  }

  /** It may be asked again. */
  again(deployment: Deployment, readyAtMs: number): void {
    this.#all = [...this.#all, { deployment, readyAtMs }];
  }
}

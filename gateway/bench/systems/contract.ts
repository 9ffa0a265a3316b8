/**
 * A system is something that stands between a caller and the provider: ours and what we are measured against. To add
 * one, write a file that exports a `System` and add it to `index.ts`.
 */
import type { Kind } from '../latency/cases.ts';

/** How to ask a system for one kind of reply. */
export interface Address {
  readonly path: string;
  readonly model: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The model name its reply must say. */
  readonly saysModel: string;
}

/** A system that is up. */
export interface Running {
  readonly port: number;
  /** The process its costs are counted from, with everything below it. */
  readonly pid: number;
  readonly address: (kind: Kind) => Address;
  readonly stop: () => Promise<void>;
}

/** What a system needs to start. */
export interface Place {
  /** The provider's port. */
  readonly upstreamPort: number;
  /** A folder of its own for configuration, logs and data. */
  readonly folder: string;
}

/** Something that can be measured. */
export interface System {
  readonly id: string;
  readonly title: string;
  /** A run without it is a failed run. */
  readonly required: boolean;
  /** Gives why it can't be had, in words for the operator. May install or build it, unless `smoke`. */
  readonly missing: (options: { readonly smoke: boolean }) => Promise<string | undefined>;
  readonly start: (place: Place) => Promise<Running>;
}

/** The path of the provider's fast reply of this kind. */
export function upstreamPath(kind: Kind): string {
  return `${upstreamBase(kind)}/chat/completions`;
}

/** What stands before `/chat/completions` for this kind. */
export function upstreamBase(kind: Kind): string {
  return kind === 'plain' ? '/fast/v1' : `/fast-${kind}/v1`;
}

/** What guards know to look for. Settings and records name it so. */
export const GUARD_CATEGORIES = [
  'harmful',
  'jailbreak',
  'toxic',
  'self-harm',
  'prompt-injection',
  'secrets',
  'private-data',
] as const;

/** One thing to look for. */
export type GuardCategory = (typeof GUARD_CATEGORIES)[number];

/** What follows when a guard finds something. */
export const GUARD_ACTIONS = ['flag', 'mask', 'block'] as const;

/** One guard as an operator has set it up. */
export interface GuardRule {
  /** What requests, keys and records call it. */
  readonly name: string;
  readonly category: GuardCategory;
  readonly on: readonly ('input' | 'output')[];
  readonly action: (typeof GUARD_ACTIONS)[number];
  /** The score, from 0 to 1, from which on it acts. */
  readonly threshold: number;
  /** Judges every turn; otherwise only those that name it. */
  readonly default: boolean;
}

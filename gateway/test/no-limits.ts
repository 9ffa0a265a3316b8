import type { OperationLimits } from '../src/passthrough/contract.ts';

/** Limits of operations that no test reaches. */
export const NO_LIMITS: OperationLimits = {
  inputsMax: 10,
  mediaBytesMax: 1_000_000,
  fileBytesMax: 1_000_000,
  heldBytesMax: 10_000,
  modelWithinBytesMax: 100_000,
  replyBytesMax: 1_000_000,
  imagesMax: 10,
  soundBytesPerSecondMin: 500,
  frameBytesMax: 1_000_000,
  sessionTimeoutMs: 1000,
  sessionIdleTimeoutMs: 1000,
  uninspected: [],
  unmetered: [],
};

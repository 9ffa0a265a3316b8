import type { ObjectDesk } from './object-desk.ts';
import type { Through } from './through.ts';
import type { CountText } from './count-tokens.ts';
import type { Passage } from './passage.ts';

/** All that follows from the configuration for operations besides chats. */
export interface OperationSettings {
  readonly passage: Passage;
  readonly countText: CountText;
  /** Where files and batches are asked. Throws `operation.unsupported` when that is nowhere. */
  readonly desk: () => ObjectDesk;
  readonly through: Through;
}

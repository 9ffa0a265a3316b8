import type { CountText } from './count-tokens.ts';
import type { Passage } from './passage.ts';

/** All that follows from the configuration for operations besides chats. */
export interface OperationSettings {
  readonly passage: Passage;
  readonly countText: CountText;
}

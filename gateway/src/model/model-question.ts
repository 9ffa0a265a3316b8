import type { Cost } from './price.ts';
import type { Usage } from './reply.ts';
import type { OutputFormat } from './request.ts';

/** What the gateway itself asks a model. */
export interface ModelQuestion {
  readonly model: string;
  /** What the model shall do; absent where what was said has no instructions above it. */
  readonly instructions?: string | undefined;
  readonly said: readonly { readonly role: 'user' | 'assistant'; readonly text: string }[];
  /** What the answer must be, as far as the model can be told so. */
  readonly output?: OutputFormat | undefined;
  readonly temperature?: number | undefined;
  readonly outputTokensMax?: number | undefined;
}

/** What the model said. */
export interface ModelAnswer {
  readonly text: string;
  /** Its words for that it won’t; absent when it did. */
  readonly refusal: string | undefined;
  /** Whether it would have said more. */
  readonly isCut: boolean;
  readonly usage: Usage | undefined;
  readonly cost: Cost | undefined;
}

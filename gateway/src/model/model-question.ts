import type { Cost } from './price.ts';
import type { Usage } from './reply.ts';
import type { OutputFormat, Part } from './request.ts';

/** A function that a model may ask for. */
export interface OfferedTool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of what it takes. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** What a model asks of a tool. */
export interface AskedCall {
  readonly id: string;
  readonly tool: string;
  /** The arguments as the model wrote them; JSON, if it did it right. */
  readonly input: string;
}

/** One message of a conversation with a model. */
export type SaidBefore =
  | { readonly role: 'user'; readonly text: string }
  /** `parts` are all that the model said, calls included, in place of the text. */
  | { readonly role: 'assistant'; readonly text: string; readonly parts?: readonly Part[] }
  | { readonly role: 'tool'; readonly callId: string; readonly text: string; readonly isError: boolean };

/** What the gateway itself asks a model. */
export interface ModelQuestion {
  readonly model: string;
  /** What the model shall do; absent where what was said has no instructions above it. */
  readonly instructions?: string | undefined;
  readonly said: readonly SaidBefore[];
  /** What the model may ask for; absent where it shall only speak. */
  readonly tools?: readonly OfferedTool[] | undefined;
  /** Whether it is only reminded of the tools and shall ask for none any more. */
  readonly toolsEnded?: boolean | undefined;
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
  /** The tools it asks for, in its order. */
  readonly calls: readonly AskedCall[];
  /** All that it said, to be said again in the conversation that goes on. */
  readonly parts: readonly Part[];
  readonly usage: Usage | undefined;
  readonly cost: Cost | undefined;
}

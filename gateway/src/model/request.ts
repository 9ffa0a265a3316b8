/** The wire formats that exist. Each has a folder of its name in `dialects/`. */
export type DialectId =
  | 'openai-chat'
  | 'openai-completions'
  | 'anthropic-messages'
  | 'gemini-content'
  | 'bedrock-converse'
  | 'cohere-chat'
  | 'ollama-chat'
  | 'openai-responses';

/** Fields of one wire format that this vocabulary has no word for. They are written again only in that same dialect. */
export interface Extra {
  readonly dialect: DialectId;
  readonly fields: Readonly<Record<string, unknown>>;
  /**
   * How the caller wrote what the vocabulary does hold (a string or a list of one, which of two names for a field).
   * Only the same dialect uses it; elsewhere nothing is lost with it. Holds forms, never texts.
   */
  readonly spelling?: Readonly<Record<string, unknown>>;
}

/** A wish that the provider keeps the prompt up to here in its cache. Losing it changes the price, not the answer. */
export interface CacheHint {
  readonly ttl?: '5m' | '1h';
}

interface PartBase {
  readonly cacheHint?: CacheHint;
  readonly extra?: Extra;
}

/** Where a picture, a document or a sound is. `data` is base64, as it came. */
export type MediaSource =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'data'; readonly mediaType: string; readonly data: string }
  | { readonly kind: 'file-id'; readonly id: string };

/** Words. */
export interface TextPart extends PartBase {
  readonly type: 'text';
  readonly text: string;
  readonly citations?: readonly Citation[];
}

/** A picture. */
export interface ImagePart extends PartBase {
  readonly type: 'image';
  readonly source: MediaSource;
  readonly detail?: string;
}

/** A sound. */
export interface AudioPart extends PartBase {
  readonly type: 'audio';
  /** `file-id` is the id of an earlier spoken answer of the model. */
  readonly source: MediaSource;
}

/** A document. */
export interface FilePart extends PartBase {
  readonly type: 'file';
  readonly source: MediaSource | { readonly kind: 'text'; readonly text: string };
  readonly name?: string;
  /** Background about the document that the model may not cite. */
  readonly context?: string;
  readonly citable?: boolean;
}

/** The model asks for a tool. */
export interface ToolCallPart extends PartBase {
  readonly type: 'tool-call';
  readonly id: string;
  readonly name: string;
  /** The arguments as JSON text, exactly as the model wrote them; free text when `freeform`. */
  readonly input: string;
  readonly freeform?: boolean;
}

/** What the tool answered. */
export interface ToolResultPart extends PartBase {
  readonly type: 'tool-result';
  readonly callId: string;
  readonly content: readonly Part[];
  readonly isError?: boolean;
}

/** What the model thought before it spoke. */
export interface ReasoningPart extends PartBase {
  readonly type: 'reasoning';
  readonly text: string;
  /** Proof of the provider that the text is the model's own. Only the same dialect can use it. */
  readonly signature?: string;
  /** Encrypted reasoning that only the provider can read; `text` is then empty. */
  readonly redacted?: string;
}

/** The model says that it won’t. */
export interface RefusalPart extends PartBase {
  readonly type: 'refusal';
  readonly text: string;
}

/** A kind of part that this vocabulary lacks. Only the same dialect can say it. */
export interface NativePart extends PartBase {
  readonly type: 'native';
  readonly dialect: DialectId;
  readonly value: unknown;
}

/** One piece of a message. */
export type Part =
  | TextPart
  | ImagePart
  | AudioPart
  | FilePart
  | ToolCallPart
  | ToolResultPart
  | ReasoningPart
  | RefusalPart
  | NativePart;

/** Where a statement of the model comes from. `native` is the wire's own object, for the same dialect. */
export interface Citation {
  readonly url?: string;
  readonly title?: string;
  readonly citedText?: string;
  /** Character span in the text the citation belongs to. */
  readonly start?: number;
  readonly end?: number;
  readonly native?: Extra;
}

/** One turn of the conversation so far. `tool` messages hold tool results only; other dialects' user messages may mix them in. */
export interface Message {
  readonly role: 'system' | 'developer' | 'user' | 'assistant' | 'tool';
  readonly content: readonly Part[];
  readonly name?: string;
  readonly extra?: Extra;
}

/** A function the model may ask for, or a tool that only one dialect knows (`native`). */
export type Tool =
  | {
      readonly type: 'function';
      readonly name: string;
      readonly description?: string;
      /** JSON Schema of the arguments, as it came. */
      readonly parameters?: Readonly<Record<string, unknown>>;
      readonly strict?: boolean;
      readonly cacheHint?: CacheHint;
      readonly extra?: Extra;
    }
  | { readonly type: 'native'; readonly dialect: DialectId; readonly name: string; readonly value: unknown };

/** Whether the model may, must or must not ask for a tool. */
export type ToolChoice =
  | { readonly type: 'auto' | 'none' | 'required' }
  | { readonly type: 'tool'; readonly name: string }
  | { readonly type: 'native'; readonly dialect: DialectId; readonly value: unknown };

/** What the answer’s text must be. */
export type OutputFormat =
  | { readonly type: 'text' | 'json' }
  | {
      readonly type: 'json-schema';
      readonly name: string;
      readonly description?: string;
      readonly schema: Readonly<Record<string, unknown>>;
      readonly strict?: boolean;
    };

/** How much the model shall think. */
export interface ReasoningWish {
  /** `none`, `minimal`, `low`, `medium`, `high` …, as the caller wrote it. */
  readonly effort?: string;
  /** Most tokens the model may think. 0 switches thinking off. */
  readonly budgetTokens?: number;
  /** Think as much as the model finds right. */
  readonly adaptive?: boolean;
}

/** What the caller asks of a model, in nobody's dialect. Never mutated: a change is a new object. */
export interface ChatRequest {
  /** The name the caller wrote. */
  readonly model: string;
  readonly messages: readonly Message[];
  readonly stream: boolean;
  /** Whether usage shall be said in the stream. Dialects that always say it set true. */
  readonly usageWanted: boolean;
  readonly tools?: readonly Tool[];
  readonly toolChoice?: ToolChoice;
  readonly parallelToolCalls?: boolean;
  readonly maxOutputTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly presencePenalty?: number;
  readonly frequencyPenalty?: number;
  readonly seed?: number;
  readonly stop?: readonly string[];
  readonly logitBias?: Readonly<Record<string, number>>;
  /** How many alternatives per token to report, 0 for the chosen token alone; absent when not wanted. */
  readonly logprobs?: number;
  /** How many answers (`n`). */
  readonly choiceCount?: number;
  readonly output?: OutputFormat;
  readonly reasoning?: ReasoningWish;
  readonly serviceTier?: string;
  /** The caller's own user, for the provider's abuse checks. */
  readonly endUser?: string;
  readonly extra?: Extra;
}

/** A text of the conversation, and what it becomes; both are the same for one that stays. */
export interface TextEdit {
  readonly from: string;
  readonly to: string;
}

/** The bytes a request arrived as. `body` is the same, parsed once. */
export interface Origin {
  readonly dialect: DialectId;
  readonly bytes: Buffer;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The few facts every turn needs, known without decoding the conversation. */
export interface AskHead {
  readonly model: string;
  readonly stream: boolean;
  readonly usageWanted: boolean;
  /** How many answers were asked for; absent means one. */
  readonly choiceCount?: number | undefined;
  /** How many answers are paid for, where that isn't `choiceCount`. */
  readonly answersBilled?: number | undefined;
  readonly maxOutputTokens?: number | undefined;
}

/** What the caller asks: bytes until somebody looks. */
export class Ask {
  readonly head: AskHead;
  /** Present as long as nobody changed anything, so stale bytes can't be sent by mistake. */
  readonly origin: Origin | undefined;
  readonly #read: (() => ChatRequest) | undefined;
  readonly #lastWords: () => string | undefined;
  #request: ChatRequest | undefined;

  private constructor(
    head: AskHead,
    origin: Origin | undefined,
    read: ChatRequest | (() => ChatRequest),
    lastWords?: () => string | undefined,
  ) {
    this.head = head;
    this.origin = origin;
    this.#lastWords = lastWords ?? (() => lastWordsOf(this.look()));
    if (typeof read === 'function') this.#read = read;
    else this.#request = read;
  }

  /** A request as it came in; `read` decodes it when the first stage looks, `lastWords` knows those without decoding. */
  static arrived(head: AskHead, origin: Origin, read: () => ChatRequest, lastWords?: () => string | undefined): Ask {
    return new Ask(head, origin, read, lastWords);
  }

  /** A request that a stage or a program made. It has no bytes yet. */
  static made(request: ChatRequest): Ask {
    return new Ask(request, undefined, request);
  }

  /**
   * The first text of the last message, when the user itself wrote that one; `undefined` when it is a tool's, a model's or
   * a program's. Cheap, so that every turn may be asked.
   */
  lastWords(): string | undefined {
    return this.#lastWords();
  }

  /** The request in neutral words, decoded at most once. */
  look(): ChatRequest {
    this.#request ??= this.#read?.();
    if (!this.#request) throw new Error('An Ask has either a request or a reader.');
    return this.#request;
  }
}

function lastWordsOf({ messages }: ChatRequest): string | undefined {
  const last = messages.at(-1);
  if (last?.role !== 'user' || last.content.some(({ type }) => type === 'tool-result')) return undefined;
  return last.content.find((part) => part.type === 'text')?.text;
}

/**
 * A provider says who serves models, where, and how to sign. It is data and pure functions: it never opens a socket.
 * To add one that speaks a known dialect, write `providers/acme.ts` (about ten lines), a line in `index.ts` and
 * `fixtures/acme.text.txt`; `npm test providers` then checks that it is asked in its own dialect and understood however
 * the network cuts its bytes.
 */
import type { Dialect } from '../dialects/contract.ts';
import type { ErrorCode } from '../model/error-rules.ts';
import type { OperationForm, OperationId } from '../model/operation.ts';
import type { ReplyEvent } from '../model/reply.ts';
import type { ChatRequest, DialectId } from '../model/request.ts';
import type { SigningKind } from '../model/upstream.ts';

/** Who serves models. */
export type Provider = HttpProvider | LocalProvider;

/** A provider inside the gateway itself: no network, no key. */
export interface LocalProvider {
  readonly kind: 'local';
  readonly id: string;
  /** The models it has, in full. */
  readonly models: readonly string[];
  /** `replyId` names the reply; no two are alike. */
  readonly answer: (request: ChatRequest, model: string, replyId: string) => AsyncIterable<ReplyEvent>;
}

/** Who serves models over HTTP, and where. */
export interface HttpProvider {
  readonly kind: 'http';
  /** The prefix in `provider/model`. */
  readonly id: string;
  /** The provider's documentation of its API. */
  readonly docs: string;
  /** Other prefixes that mean it too, e.g. LiteLLM's. */
  readonly prefixes?: readonly string[];
  /** Absent for providers that exist only where the operator says (`api_base`). `{region}` takes the field of that name. */
  readonly baseUrl?: string;
  /** The base URL of its own where these fields lead elsewhere than `baseUrl` says. */
  readonly baseUrlFor?: (fields: FieldValues) => string | undefined;
  /** Environment names that may hold another base URL, first one wins. */
  readonly baseUrlEnv: readonly string[];
  /** The base URL that such a name's value means, where it needn't be one. */
  readonly baseUrlOf?: (said: string) => string;
  /** Environment names that may hold the key, first one wins. */
  readonly keyEnv: readonly string[];
  /** Servers that need no key. */
  readonly keyOptional?: boolean;
  /** What an operator may say of it besides address and key, by name. */
  readonly fields?: Readonly<Record<string, ProviderField>>;
  /** Headers that sign a request, as far as a key does. */
  readonly headers: (key: string | undefined, fields: FieldValues) => Readonly<Record<string, string>>;
  /** Who signs each request, where headers that stay the same aren't enough. */
  readonly signing?: Signing;
  /** Headers of the caller's that this provider understands, lower case. */
  readonly forwards?: readonly string[];
  /** How chats are asked, by the caller's own dialect if listed, else by the first. Empty where it has none. */
  readonly chat: readonly Endpoint[];
  /** What it does besides chats, and where. */
  readonly operations?: Operations;
  /** How it is found on one's own machine, where it is a server for that. */
  readonly local?: LocalSign;
  /** Models worth listing before the provider has been asked for its own list. */
  readonly models?: readonly string[];
  /** Bare model names that mean this provider, e.g. `/^claude-/`. */
  readonly knows?: readonly RegExp[];
  /** Its own name for a model that is asked for by a longer one, e.g. with LiteLLM's name for the way to ask in front. */
  readonly modelNamed?: (model: string) => string;
  /** Bare names that mean another of its models, e.g. a name that was retired. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** The name that price lists know it by; absent where nobody can know what a model costs. */
  readonly priceList?: string;
  /** Which share of its usual price a batch costs, as it publishes; absent where it says nothing of that. */
  readonly batchShare?: number;
  /** Only the statuses this provider means differently from everyone else. */
  readonly errors?: Readonly<Record<number, ErrorCode>>;
}

/** How a server on one's own machine is known. */
export interface LocalSign {
  /** What people call it. */
  readonly name: string;
  /** Where it usually is. */
  readonly baseUrl: string;
  /** Where it lists its models, appended to the base URL. */
  readonly list: string;
  /** Whose form the list has, where that isn't OpenAI's. */
  readonly listForm?: 'ollama-v1';
  /** Whose its models are said to be, where other programs like its port as well. */
  readonly ownedBy?: string;
}

/** One way to ask a provider for a chat. */
export interface Endpoint {
  readonly dialect: Dialect;
  /** Appended to the base URL; a function where the model stands in it. */
  readonly path: string | ((asked: EndpointAsked) => string);
  /** The only models that this endpoint has, where it isn't all. */
  readonly models?: readonly RegExp[];
  /** Top-level fields that its path says, so that they have no place in the body. */
  readonly inPath?: readonly string[];
  /** Top-level fields that it always wants, as these values. */
  readonly adds?: Readonly<Record<string, string>>;
  /** Top-level fields of this dialect that the provider is documented not to take. */
  readonly lacks?: readonly string[];
  /** What holds for some of its models only. */
  readonly rules?: readonly ParameterRule[];
}

/** Top-level fields that some models take otherwise than the wire's others. */
export interface ParameterRule {
  /** The models it holds for, by what is behind them or as they are asked for; absent means all of the endpoint's. */
  readonly models?: RegExp;
  /** It holds only where this field is asked for, and not as one of these values. */
  readonly beside?: { readonly field: string; readonly except?: readonly unknown[] };
  /** Fields they are documented not to take. */
  readonly lacks?: readonly string[];
  /** Fields that they take as these values only. */
  readonly only?: Readonly<Record<string, readonly unknown[]>>;
  /** Fields that they know by another name. */
  readonly renames?: Readonly<Record<string, string>>;
}

/** The operations of one provider. */
export type Operations = Readonly<Partial<Record<OperationId, OperationEndpoint>>>;

/** Where one operation is asked, and how. */
export interface OperationEndpoint {
  /** Appended to the base URL; a function where the model stands in it. */
  readonly path: string | ((asked: EndpointAsked) => string);
  /** Whose form it takes, where that isn't OpenAI's, or for rerank Cohere's. */
  readonly form?: OperationForm;
  /** The only wire whose callers it can answer, where it can't answer others. */
  readonly dialect?: DialectId;
  /** Most texts of one request; longer lists are asked in parts. */
  readonly inputsMax?: number;
}

/** Something that an operator may say of a provider, e.g. a region. */
export interface ProviderField {
  /** Environment names that may hold it, first one wins. */
  readonly env: readonly string[];
  readonly default?: string;
  /** Never shown, and never sent where somebody else's address leads. */
  readonly secret?: boolean;
  /** One sentence for the reference page. */
  readonly description: string;
}

/** The fields of one deployment, by name. */
export type FieldValues = Readonly<Record<string, string | undefined>>;

/** Who signs, and with what: at least one of the sets must be given whole. `key` stands for the provider's key. */
export interface Signing {
  readonly kind: SigningKind;
  readonly needs: readonly (readonly string[])[];
}

/** What a path may depend on. */
export interface EndpointAsked {
  readonly model: string;
  readonly stream: boolean;
  readonly fields: FieldValues;
}

/** The operations of OpenAI's own API, where OpenAI has them. */
export const OPENAI_OPERATIONS = {
  embeddings: { path: '/embeddings', inputsMax: 2048 },
  moderations: { path: '/moderations' },
  'image-generations': { path: '/images/generations' },
  'image-edits': { path: '/images/edits' },
  'image-variations': { path: '/images/variations' },
  speech: { path: '/audio/speech' },
  transcriptions: { path: '/audio/transcriptions' },
  translations: { path: '/audio/translations' },
  files: { path: '/files' },
  batches: { path: '/batches' },
  realtime: { path: '/realtime' },
} as const satisfies Operations;

/** `Authorization: Bearer`, as most hosts sign. */
export const bearer = (key: string | undefined): Readonly<Record<string, string>> =>
  key === undefined ? {} : { authorization: `Bearer ${key}` };

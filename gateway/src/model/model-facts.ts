/** What can go into a model, or come out of it. */
export const MODALITIES = ['text', 'image', 'audio', 'video', 'file', 'embedding'] as const;

/** What can go into a model, or come out of it. */
export type Modality = (typeof MODALITIES)[number];

/** What a model can do besides answering. */
export const CAPABILITIES = ['tools', 'structured-output', 'reasoning', 'prompt-caching', 'web-search'] as const;

/** What a model can do besides answering. */
export type Capability = (typeof CAPABILITIES)[number];

/** What is known of a model besides its price. What nobody knows is absent. */
export interface ModelFacts {
  /** Most tokens of a conversation. */
  readonly contextWindow?: number | undefined;
  /** Most tokens of one answer. */
  readonly outputTokensMax?: number | undefined;
  readonly input?: readonly Modality[] | undefined;
  readonly output?: readonly Modality[] | undefined;
  readonly capabilities?: readonly Capability[] | undefined;
}

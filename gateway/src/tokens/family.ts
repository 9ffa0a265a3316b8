/** Tokenizers that the gateway has. Models share them. */
export type TokenFamily = 'o200k' | 'cl100k' | 'claude';

/** Which tokenizer stands for a model, and whether its counts are the model's own or an estimate. */
export interface FamilyOfModel {
  readonly family: TokenFamily;
  readonly isExact: boolean;
}

const CL100K = /^(gpt-4(-|$)|gpt-4-turbo|gpt-3\.5|gpt-35|text-embedding-(3|ada-002))/;
const O200K = /^(gpt-4o|gpt-4\.|gpt-[5-9]|gpt-oss|chatgpt-4o|o[1-9](-|$)|codex-)/;

/**
 * Finds the tokenizer of a model by its name; what stands before the last slash is a provider's. Models whose
 * tokenizer nobody has published are estimated: Claude with its last public one, all others with the most usual one.
 */
export function familyOf(model: string): FamilyOfModel {
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase();
  if (O200K.test(name)) return { family: 'o200k', isExact: true };
  if (CL100K.test(name)) return { family: 'cl100k', isExact: true };
  return { family: name.includes('claude') ? 'claude' : 'o200k', isExact: false };
}

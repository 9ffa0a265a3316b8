import { type Fields, isFields } from './fields.ts';

/** A block of a kind that the vocabulary lacks, put together from its pieces as they stream in. */
export class NativeBlock {
  readonly #fields: Record<string, unknown>;
  #inputJson = '';

  constructor(start: Fields) {
    this.#fields = { ...start };
  }

  /** Adds a delta: JSON of the input, one more citation, or a field that goes on or is set. */
  add(delta: Fields): void {
    for (const [key, value] of Object.entries(delta)) {
      if (key === 'type') continue;
      if (key === 'partial_json') this.#inputJson += String(value);
      else if (key === 'citation') this.#fields['citations'] = [...listOf(this.#fields['citations']), value];
      else this.#set(key, value);
    }
  }

  /** The block as it stands in a whole reply. Input that isn't JSON stays as it began. */
  whole(): Fields {
    if (this.#inputJson === '') return this.#fields;
    try {
      return { ...this.#fields, input: JSON.parse(this.#inputJson) as unknown };
    } catch {
      return this.#fields;
    }
  }

  #set(key: string, value: unknown): void {
    const before = this.#fields[key];
    this.#fields[key] = typeof before === 'string' && typeof value === 'string' ? before + value : value;
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/**
 * Splits a whole block into what its start says and the JSON of the input that streams after it, as the provider does
 * for server tools.
 */
export function splitInput(block: Fields): { readonly start: Fields; readonly inputJson: string | undefined } {
  const { input } = block;
  if (!isFields(input) || Object.keys(input).length === 0) return { start: block, inputJson: undefined };
  return { start: { ...block, input: {} }, inputJson: JSON.stringify(input) };
}

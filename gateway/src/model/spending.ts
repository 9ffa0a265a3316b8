import type { ModelAnswer } from './model-question.ts';
import { dollarsOf } from './money.ts';

/** What the answers of one request took, all together. */
export class Spending {
  #inputTokens = 0;
  #outputTokens = 0;
  #nanousd = 0;
  readonly #notes = new Set<string>();

  add({ usage, cost }: Pick<ModelAnswer, 'usage' | 'cost'>): void {
    this.#inputTokens += usage?.inputTokens ?? 0;
    this.#outputTokens += usage?.outputTokens ?? 0;
    this.#nanousd += cost?.nanousd ?? 0;
    if (cost?.note !== undefined) this.#notes.add(cost.note);
  }

  /** The sums in OpenAI’s words; `cost_notes` says why the cost may be more. */
  out(): Readonly<Record<string, unknown>> {
    return {
      usage: {
        prompt_tokens: this.#inputTokens,
        completion_tokens: this.#outputTokens,
        total_tokens: this.#inputTokens + this.#outputTokens,
      },
      cost_usd: dollarsOf(this.#nanousd),
      ...(this.#notes.size > 0 ? { cost_notes: [...this.#notes] } : {}),
    };
  }
}

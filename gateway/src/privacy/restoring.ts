/** What a placeholder may look like in a reply, and what to say instead. No form is the beginning of another. */
export type Forms = ReadonlyMap<string, string>;

/** The forms in plain text: as given, and as Markdown and HTML writers spell them. */
export function textForms(values: ReadonlyMap<string, string>): Forms {
  const forms = new Map<string, string>();
  for (const [placeholder, value] of values) {
    const name = placeholder.slice(1, -1);
    forms.set(placeholder, value);
    forms.set(`&lt;${name}&gt;`, value);
    forms.set(`<${name.replaceAll('_', '\\_')}>`, value);
  }
  return forms;
}

/** The forms inside the strings of JSON, where some writers escape `<` and where a JSON text may be quoted in another. */
export function jsonForms(values: ReadonlyMap<string, string>): Forms {
  const forms = new Map<string, string>();
  for (const [placeholder, value] of values) {
    const name = placeholder.slice(1, -1);
    const escaped = JSON.stringify(value).slice(1, -1);
    forms.set(placeholder, escaped);
    forms.set(`&lt;${name}&gt;`, escaped);
    for (const [open, close] of [
      ['\\u003c', '\\u003e'],
      ['\\u003C', '\\u003E'],
    ]) {
      forms.set(`${open}${name}${close}`, escaped);
      forms.set(`\\${open}${name}\\${close}`, JSON.stringify(escaped).slice(1, -1));
    }
  }
  return forms;
}

const OPENER = /[<&\\]/g;

/**
 * Puts values back into a text that comes in pieces, cut anywhere. Only a tail that may become a placeholder of this
 * request is held back, and never more than the longest form has characters.
 */
export class Restoring {
  readonly #forms: Forms;
  readonly #sorted: readonly string[];
  readonly #longest: number;
  readonly #isJson: boolean;
  #held = '';

  constructor(forms: Forms, form: 'text' | 'json') {
    this.#forms = forms;
    this.#sorted = [...forms.keys()].sort();
    this.#longest = this.#sorted.reduce((longest, { length }) => Math.max(longest, length), 0);
    this.#isJson = form === 'json';
  }

  /** What can be said now. */
  push(piece: string): string {
    if (this.#held === '' && piece.search(OPENER) === -1) return piece;
    const text = this.#held + piece;
    this.#held = '';
    let said = '';
    let from = 0;
    OPENER.lastIndex = 0;
    for (let opener = OPENER.exec(text); opener; opener = OPENER.exec(text)) {
      const at = opener.index;
      const form = this.#formAt(text, at);
      if (form !== undefined) {
        said += text.slice(from, at) + (this.#forms.get(form) ?? form);
        from = at + form.length;
        OPENER.lastIndex = from;
      } else if (this.#mayBecome(text, at)) {
        this.#held = text.slice(at);
        return said + text.slice(from, at);
      } else if (this.#isJson && opener[0] === '\\') OPENER.lastIndex = at + 2; // an escape is one thing
    }
    return said + text.slice(from);
  }

  /** What was held back in vain. */
  end(): string {
    const held = this.#held;
    this.#held = '';
    return held;
  }

  /** Since no form begins with another, the one that stands here is the last that isn't behind the text in the order. */
  #formAt(text: string, at: number): string | undefined {
    const piece = text.slice(at, at + this.#longest);
    const form = this.#sorted[this.#firstFrom(`${piece}\u0000`) - 1];
    return form !== undefined && piece.startsWith(form) ? form : undefined;
  }

  #mayBecome(text: string, at: number): boolean {
    if (text.length - at >= this.#longest) return false;
    const tail = text.slice(at);
    return this.#sorted[this.#firstFrom(tail)]?.startsWith(tail) ?? false;
  }

  /** Where a text would stand among the forms. */
  #firstFrom(text: string): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sorted[middle] ?? '') < text) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Puts values back into a whole text. */
export function restoredText(text: string, forms: Forms, form: 'text' | 'json'): string {
  if (text.search(OPENER) === -1) return text;
  const restoring = new Restoring(forms, form);
  return restoring.push(text) + restoring.end();
}

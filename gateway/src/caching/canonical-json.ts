/**
 * A value as JSON in which equal values are equal texts, whatever order their fields came in; fields that are `undefined`
 * are left out. `undefined` when two different requests could come out equal: a whole number too large for JavaScript has
 * lost digits already.
 */
export function canonicalJson(value: unknown): string | undefined {
  const writing = new Writing();
  writing.write(value);
  return writing.text();
}

class Writing {
  #text = '';
  #isSure = true;

  text(): string | undefined {
    return this.#isSure ? this.#text : undefined;
  }

  write(value: unknown): void {
    if (typeof value === 'string') this.#text += JSON.stringify(value);
    else if (typeof value === 'number') this.#number(value);
    else if (typeof value === 'boolean' || value === null) this.#text += String(value);
    else if (Array.isArray(value)) this.#list(value);
    else if (typeof value === 'object') this.#fields(value as Readonly<Record<string, unknown>>);
    else this.#isSure = false;
  }

  #number(value: number): void {
    if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) this.#isSure = false;
    this.#text += String(value);
  }

  #list(items: readonly unknown[]): void {
    this.#text += '[';
    for (const [at, item] of items.entries()) {
      if (at > 0) this.#text += ',';
      this.write(item);
    }
    this.#text += ']';
  }

  #fields(fields: Readonly<Record<string, unknown>>): void {
    this.#text += '{';
    let isFirst = true;
    for (const name of Object.keys(fields).sort()) {
      const value = fields[name];
      if (value === undefined) continue;
      this.#text += `${isFirst ? '' : ','}${JSON.stringify(name)}:`;
      isFirst = false;
      this.write(value);
    }
    this.#text += '}';
  }
}

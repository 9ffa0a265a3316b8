const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Programs say the same few names over and over; a stranger's inventions must not pile up. */
const REMEMBERED_MAX = 500;
const REMEMBERED_CHARACTERS_MAX = 100;
const UNFIT = '';

/** Whether a text can be a header's name (RFC 9110, section 5.1). */
export function isHeaderName(text: string): boolean {
  return TOKEN.test(text);
}

/**
 * Makes a reader of header names: gives them in lower case, and `undefined` for what is none or isn't fit. Names that were
 * seen are remembered, since looking one up costs less than looking at it.
 */
export function headerNames(isFit: (lower: string) => boolean = () => true): (name: string) => string | undefined {
  const remembered = new Map<string, string>();
  return (name) => {
    let lower = remembered.get(name);
    if (lower === undefined) {
      lower = name.toLowerCase();
      if (!isHeaderName(name) || !isFit(lower)) lower = UNFIT;
      // Copies, since a slice would keep the whole head in memory, key and all.
      if (remembered.size < REMEMBERED_MAX && name.length <= REMEMBERED_CHARACTERS_MAX)
        remembered.set(copied(name), copied(lower));
    }
    return lower === UNFIT ? undefined : lower;
  };
}

function copied(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

/** One word of an expression. Names are as they were written, since case matters to units. */
export type Token =
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'name'; readonly text: string }
  | { readonly kind: 'sign'; readonly text: string };

/** Words people calculate with, and the signs they stand for. Longer ones first. */
const SPOKEN: readonly (readonly [RegExp, string])[] = [
  [/\bto the power of\b/gi, '^'],
  [/\b(?:multiplied by|times)\b/gi, '*'],
  [/\bdivided by\b/gi, '/'],
  [/\bplus\b/gi, '+'],
  [/\bminus\b/gi, '-'],
  [/\bper ?cent\b/gi, '%'],
  [/\b(?:modulo|mod)\b/gi, ' mod '],
  [/\bsquare root of\b/gi, '√'],
  [/\bsquared\b/gi, '^2'],
  [/\bcubed\b/gi, '^3'],
];

/** What people write around what they want calculated. */
const OPENING =
  /^\s*(?:please\s+)?(?:calculate|compute|evaluate|solve|work out|convert|what is|what's|what’s|how much is)(?!\w)\s*:?(?:\s*the\b)?/i;
const PLEASE = 'please';

const SAME_SIGN: Readonly<Record<string, string>> = { '×': '*', '·': '*', '÷': '/', '−': '-', '–': '-', '**': '^' };
const NEXT =
  /(?<space>\s+)|(?<grouped>\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,]))|(?<number>(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?(?![\d.]))|(?<name>km\/h|m\/s|[a-zA-Z°µ]+2?)|(?<sign>\*\*|[-+*×·/÷−–^%!√(),])/uy;

/** Cuts an expression into words; `undefined` at something that belongs to none. */
export function tokensOf(expression: string): readonly Token[] | undefined {
  const text = plain(expression);
  const tokens: Token[] = [];
  let depth = 0;
  for (let at = 0; at < text.length; ) {
    NEXT.lastIndex = at;
    let groups = NEXT.exec(text)?.groups;
    // Between brackets, a comma may part two arguments: max(1,200).
    if (groups?.['grouped'] !== undefined && depth > 0) groups = { number: /^\d+/.exec(groups['grouped'])?.[0] ?? '' };
    if (!groups) return undefined;
    const [kind, found = ''] = Object.entries(groups).find(([, part]) => part !== undefined) ?? [];
    at += found.length;
    if (found === '(') depth += 1;
    if (found === ')') depth -= 1;
    if (kind === 'grouped' || kind === 'number') tokens.push({ kind: 'number', text: found.replaceAll(',', '') });
    else if (kind === 'name' && found.toLowerCase() === 'x') tokens.push({ kind: 'sign', text: '*' });
    else if (kind === 'name') tokens.push({ kind: 'name', text: found });
    else if (kind === 'sign') tokens.push({ kind: 'sign', text: SAME_SIGN[found] ?? found });
  }
  return tokens;
}

function plain(expression: string): string {
  let text = withoutClosing(expression.replace(OPENING, ' '));
  if (text.toLowerCase().endsWith(PLEASE)) text = withoutClosing(text.slice(0, -PLEASE.length));
  for (const [words, sign] of SPOKEN) text = text.replaceAll(words, sign);
  return text;
}

/** Takes what ends a sentence off the end. An exclamation mark behind a number is a factorial. */
function withoutClosing(text: string): string {
  let end = text.length;
  while (/[\s=?.,]/.test(text.charAt(end - 1)) || (text[end - 1] === '!' && !/[\d)!]/.test(text.charAt(end - 2))))
    end -= 1;
  return text.slice(0, end);
}

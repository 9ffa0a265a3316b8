import type { Compressor } from '../contract.ts';
import { jsonEssence, readDocument } from '../json-document.ts';

/** Takes the blanks out of JSON; strings and numbers stay as they were spelt. It needs no first line: JSON is known. */
export const jsonMinify: Compressor = {
  id: 'json-minify',
  loss: 'layout',
  compress(text) {
    const document = readDocument(text);
    if (!document) return undefined;
    if (document.form === 'value') return minified(text);
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    return lines.map(minified).join('\n');
  },
  restore(compressed) {
    const essence = jsonEssence(compressed);
    if (essence === undefined) throw new TypeError('This is not JSON.');
    return essence;
  },
  essence: jsonEssence,
};

const BLANKS = /[ \t\r\n]+/g;

/** Strings pass, whatever is in them; blanks outside of them go. The text is known to be JSON. */
function minified(json: string): string {
  const kept: string[] = [];
  let at = 0;
  for (let quote = json.indexOf('"'); quote !== -1; quote = json.indexOf('"', at)) {
    kept.push(json.slice(at, quote).replace(BLANKS, ''));
    at = stringEnd(json, quote);
    kept.push(json.slice(quote, at));
  }
  kept.push(json.slice(at).replace(BLANKS, ''));
  return kept.join('');
}

function stringEnd(json: string, quote: number): number {
  let at = quote + 1;
  while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at + 1;
}

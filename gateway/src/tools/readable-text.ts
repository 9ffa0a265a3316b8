import { Parser } from 'htmlparser2';
import { GatewayError } from '../model/error.ts';

/** A page without its looks. */
export interface ReadableText {
  readonly title: string;
  readonly text: string;
}

/** What nobody reads. */
const SKIPPED = new Set(
  'script style noscript template svg canvas iframe object select button form nav footer aside dialog'.split(' '),
);
/** What begins on a line of its own. */
const BLOCKS = new Set(
  'address article blockquote dd div dl dt figcaption figure h1 h2 h3 h4 h5 h6 header hr li main ol p pre section table tr ul br'.split(
    ' ',
  ),
);
const CELLS = new Set(['td', 'th']);
/** Browsers give up at 512. Deeper ones also take the parser a time that grows with the square. */
const DEPTH_MAX = 512;
const HEADING = /^h([1-6])$/;

/** Reads a page's words off its HTML: headings, paragraphs and lists stay lines; menus and programs go. Throws `tool.rejected`. */
export function readableText(html: string): ReadableText {
  const reader = new Reader();
  const parser = new Parser(reader, { decodeEntities: true, lowerCaseTags: true });
  parser.end(html);
  return { title: squeezed(reader.title), text: tidied(reader.pieces.join('')) };
}

class Reader {
  title = '';
  /** In pieces: looking at the end of a text that grows costs as much as the whole text. */
  readonly pieces: string[] = [];
  #endsLine = true;
  #depth = 0;
  #skipping = 0;
  #preformatted = 0;
  #inTitle = false;
  #inHead = false;

  readonly onopentag = (name: string): void => {
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) throw new GatewayError('tool.rejected', 'The page is nested too deeply to be read.');
    if (name === 'head') this.#inHead = true;
    if (name === 'body') this.#inHead = false;
    if (name === 'title' && this.title === '') this.#inTitle = true;
    if (SKIPPED.has(name)) this.#skipping += 1;
    if (name === 'pre') this.#preformatted += 1;
    if (this.#skipping > 0) return;
    if (BLOCKS.has(name)) this.#break();
    if (CELLS.has(name)) this.#add(' | ');
    if (name === 'li') this.#add('- ');
    const level = Number(HEADING.exec(name)?.[1] ?? 0);
    if (level > 0) this.#add(`\n${'#'.repeat(level)} `);
  };

  readonly ontext = (text: string): void => {
    if (this.#inTitle) this.title += text;
    else if (this.#skipping === 0 && !this.#inHead)
      this.#add(this.#preformatted > 0 ? text : text.replaceAll(/\s+/g, ' '));
  };

  readonly onclosetag = (name: string): void => {
    this.#depth -= 1;
    if (name === 'head') this.#inHead = false;
    if (name === 'title') this.#inTitle = false;
    if (SKIPPED.has(name)) this.#skipping = Math.max(0, this.#skipping - 1);
    if (name === 'pre') this.#preformatted = Math.max(0, this.#preformatted - 1);
    if (this.#skipping === 0 && BLOCKS.has(name)) this.#break();
  };

  #break(): void {
    if (!this.#endsLine) this.#add('\n');
  }

  #add(text: string): void {
    if (text === '') return;
    this.pieces.push(text);
    this.#endsLine = text.endsWith('\n');
  }
}

function squeezed(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** At most one empty line in a row, and none that ends in blanks. */
function tidied(text: string): string {
  const lines = text.split('\n').map((line) => line.trimEnd());
  const kept = lines.filter((line, at) => line.trim() !== '' || (lines[at - 1] ?? '').trim() !== '');
  return kept
    .map((line) => (line.startsWith(' ') && !line.startsWith('  ') ? line.slice(1) : line))
    .join('\n')
    .trim();
}

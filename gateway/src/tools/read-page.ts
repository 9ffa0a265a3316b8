import { GatewayError } from '../model/error.ts';
import type { ReadableText } from './readable-text.ts';
import type { Cancellation } from '../model/cancellation.ts';
import type { FetchPublicPage, PublicPage } from '../model/public-page.ts';

/** A page as text. */
export interface ReadPage {
  readonly url: string;
  readonly status: number;
  readonly title: string;
  readonly text: string;
  /** Whether the page went on. */
  readonly isCut: boolean;
}

/** What reading pages needs. */
export interface PageReading {
  readonly fetchPage: FetchPublicPage;
  readonly charactersMax: number;
}

const TEXT_TYPES = /^(?:text\/|application\/(?:json|xml|xhtml\+xml|[\w.-]+\+(?:json|xml)|javascript)|$)/i;
const HTML_TYPES = /^(?:text\/html|application\/xhtml\+xml)/i;
const CHARSET = /charset=["']?([\w-]+)/i;
/** A page says its character set near its beginning. https://html.spec.whatwg.org/multipage/semantics.html#charset */
const META_BYTES = 1024;

/** Fetches a page and reads its words. Throws `tool.rejected` and `tool.failed`. */
export async function readPage(
  url: string,
  { fetchPage, charactersMax }: PageReading,
  cancellation: Cancellation,
): Promise<ReadPage> {
  const page = await fetchPage(url.trim(), { cancellation });
  if (page.status < 200 || page.status > 299)
    throw new GatewayError('tool.failed', `The page answered with status ${page.status}.`);
  if (!TEXT_TYPES.test(page.contentType))
    throw new GatewayError('tool.rejected', `The page is not text, but ${page.contentType.slice(0, 100)}.`);
  const source = decoded(page);
  const isHtml = HTML_TYPES.test(page.contentType) || (page.contentType === '' && /^\s*</.test(source));
  const { title, text } = isHtml ? await wordsOf(source) : { title: '', text: source.trim() };
  const isTooLong = text.length > charactersMax;
  return {
    url: page.url,
    status: page.status,
    title,
    text: isTooLong ? text.slice(0, charactersMax) : text,
    isCut: page.isCut || isTooLong,
  };
}

/** The reader of HTML is loaded with the first page. */
async function wordsOf(html: string): Promise<ReadableText> {
  const { readableText } = await import('./readable-text.ts');
  return readableText(html);
}

function decoded({ bytes, contentType }: PublicPage): string {
  const said = CHARSET.exec(contentType) ?? CHARSET.exec(bytes.toString('latin1', 0, META_BYTES));
  try {
    return new TextDecoder(said?.[1] ?? 'utf-8').decode(bytes);
  } catch {
    return new TextDecoder('utf-8').decode(bytes); // a character set that nobody knows
  }
}

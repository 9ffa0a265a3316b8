import type { Citation } from '../../model/request.ts';
import { DIALECT, type Fields, isFields, numberOf, objectsOf, present, textOf } from './fields.ts';

/**
 * Reads who supports which part of the answer. The metadata itself is kept for the same dialect, so each citation says
 * that it has been said. Spans count bytes of `text`. https://ai.google.dev/gemini-api/docs/google-search
 */
export function citationsOf(metadata: unknown, text: string): readonly Citation[] {
  if (!isFields(metadata)) return [];
  const sources = objectsOf(metadata['groundingChunks']).map(sourceOf);
  const bytes = Buffer.from(text);
  return objectsOf(metadata['groundingSupports']).flatMap(({ segment, groundingChunkIndices: indices }) => {
    const span = isFields(segment) ? spanOf(segment, bytes) : {};
    const cited = Array.isArray(indices) ? indices.map((index) => sources[Number(index)]) : [];
    return cited.flatMap((source) => (source ? [{ ...source, ...span, native: NATIVE }] : []));
  });
}

const NATIVE = { dialect: DIALECT, fields: {} } as const;

function sourceOf(chunk: Fields): Citation | undefined {
  const source = [chunk['web'], chunk['retrievedContext'], chunk['maps']].find(isFields);
  const url = textOf(source?.['uri']);
  return url === undefined ? undefined : { url, ...present({ title: textOf(source?.['title']) }) };
}

function spanOf({ startIndex, endIndex }: Fields, bytes: Buffer): Pick<Citation, 'start' | 'end'> {
  const [from, to] = [numberOf(startIndex) ?? 0, numberOf(endIndex)];
  if (to === undefined || to < from || to > bytes.length) return {};
  const start = bytes.toString('utf8', 0, from).length;
  return { start, end: start + bytes.toString('utf8', from, to).length };
}

/** A citation of another wire, and the text of the answer that it belongs to. */
export interface CitedText {
  readonly citation: Citation;
  readonly text: string;
}

/** Writes other wires' citations as the results of a search. `undefined` where there are none. */
export function groundingOut(cited: readonly CitedText[]): Fields | undefined {
  const others = cited.filter(({ citation }) => citation.native?.dialect !== DIALECT && citation.url !== undefined);
  if (others.length === 0) return undefined;
  const urls = [...new Set(others.map(({ citation }) => citation.url))];
  return {
    groundingChunks: urls.map((uri) => ({ web: { uri, title: titleOf(others, uri) ?? uri } })),
    groundingSupports: others.map(({ citation, text }) => ({
      segment: segmentOf(citation, text),
      groundingChunkIndices: [urls.indexOf(citation.url)],
    })),
  };
}

function titleOf(cited: readonly CitedText[], uri: string | undefined): string | undefined {
  return cited.find(({ citation }) => citation.url === uri && citation.title !== undefined)?.citation.title;
}

function segmentOf({ start = 0, end }: Citation, text: string): Fields {
  const said = text.slice(start, end);
  const startIndex = Buffer.byteLength(text.slice(0, start));
  return { startIndex, endIndex: startIndex + Buffer.byteLength(said), text: said };
}

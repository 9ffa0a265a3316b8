import type { Citation } from '../../model/request.ts';
import { DIALECT, type Fields, isFields, numberOf, objectsOf, ownFields, present, textOf } from './fields.ts';

/** Where in a message a citation belongs that says so; thoughts and plans are cited too. */
export function isOfText({ type }: Fields): boolean {
  return type === undefined || type === null || type === 'TEXT_CONTENT';
}

/** Reads one citation. Several sources stay in `native`. https://docs.cohere.com/docs/rag-citations */
export function citationOf(fields: Fields): Citation {
  const [source = {}] = objectsOf(fields['sources']);
  const cited = [source['document'], source['tool_output']].find(isFields) ?? {};
  return {
    ...present({
      url: textOf(cited['url']),
      title: textOf(cited['title']),
      citedText: textOf(cited['text']) ?? textOf(cited['snippet']) ?? textOf(cited['content']),
      start: numberOf(fields['start']),
      end: numberOf(fields['end']),
    }),
    native: { dialect: DIALECT, fields },
  };
}

/** Writes one citation; another wire's is said as one of a document. */
export function citationOut({ url, title, citedText, start, end, native }: Citation): Fields {
  const own = ownFields(native);
  if (own) return own;
  const id = url ?? title ?? 'source';
  const document = present({ id, url, title, text: citedText });
  return { ...present({ start, end }), sources: [{ type: 'document', id, document }], type: 'TEXT_CONTENT' };
}

import type { Citation } from '../../model/request.ts';
import { DIALECT, type Fields, isFields, numberOf, ownFields, present, textOf } from './fields.ts';

/** Reads an annotation. https://platform.openai.com/docs/guides/tools-web-search */
export function citationOf(fields: Fields): Citation {
  const { url, title, filename, start_index: start, end_index: end } = fields;
  return {
    ...present({
      url: textOf(url),
      title: textOf(title) ?? textOf(filename),
      start: numberOf(start),
      end: numberOf(end),
    }),
    native: { dialect: DIALECT, fields },
  };
}

/** Reads the annotations of a text; `undefined` where they are no list of objects. */
export function citationsOf(annotations: unknown): readonly Citation[] | undefined {
  return Array.isArray(annotations) && annotations.every(isFields) ? annotations.map(citationOf) : undefined;
}

/** Writes an annotation; `undefined` if it names no page, since another wire's can be nothing else here. */
export function annotationOut(citation: Citation): Fields | undefined {
  const own = ownFields(citation.native);
  if (own) return own;
  if (citation.url === undefined) return undefined;
  return {
    type: 'url_citation',
    url: citation.url,
    title: citation.title ?? '',
    start_index: citation.start ?? 0,
    end_index: citation.end ?? 0,
  };
}

import type { Citation } from '../../model/request.ts';
import { isObject, type JsonObject } from '../json-object.ts';

/**
 * Reads an annotation that cites a page; `undefined` for any other kind.
 * https://platform.openai.com/docs/guides/tools-web-search?api-mode=chat
 */
export function readAnnotation(wire: unknown): Citation | undefined {
  if (!isObject(wire) || wire['type'] !== 'url_citation' || !isObject(wire['url_citation'])) return undefined;
  const { url, title, content, start_index: start, end_index: end } = wire['url_citation'];
  return {
    ...(typeof url === 'string' ? { url } : {}),
    ...(typeof title === 'string' ? { title } : {}),
    ...(typeof content === 'string' ? { citedText: content } : {}), // OpenRouter
    ...(typeof start === 'number' ? { start } : {}),
    ...(typeof end === 'number' ? { end } : {}),
    native: { dialect: 'openai-chat', fields: wire },
  };
}

/** Writes a citation; `undefined` if it names no page, since this dialect can cite nothing else. */
export function writeAnnotation(citation: Citation): JsonObject | undefined {
  if (citation.native?.dialect === 'openai-chat') return citation.native.fields;
  if (citation.url === undefined) return undefined;
  return {
    type: 'url_citation',
    url_citation: {
      url: citation.url,
      title: citation.title ?? '',
      start_index: citation.start ?? 0,
      end_index: citation.end ?? 0,
      ...(citation.citedText === undefined ? {} : { content: citation.citedText }),
    },
  };
}

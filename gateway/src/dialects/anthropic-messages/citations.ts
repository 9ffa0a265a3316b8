import type { Citation } from '../../model/request.ts';
import { DIALECT, type Fields, ownFields, present } from './fields.ts';

/**
 * Reads a citation. Its character span counts in the document, not in the text that cites it, so it stays in `native`.
 * https://platform.claude.com/docs/en/build-with-claude/citations
 */
export function citationOf(fields: Fields): Citation {
  const text = (key: string) => (typeof fields[key] === 'string' ? fields[key] : undefined);
  return {
    ...present({ url: text('url'), title: text('title') ?? text('document_title'), citedText: text('cited_text') }),
    native: { dialect: DIALECT, fields },
  };
}

/** Writes a citation of a request: only the wire's own, since others lack the proof that the provider checks. */
export function citationParam(citation: Citation): Fields | undefined {
  return ownFields(citation.native);
}

/** Writes a citation of a reply. Another wire's is said as a web search's, the nearest thing that has a URL. */
export function citationReply(citation: Citation): Fields {
  return (
    citationParam(citation) ?? {
      type: 'web_search_result_location',
      url: citation.url ?? '',
      title: citation.title ?? null,
      cited_text: citation.citedText ?? '',
      encrypted_index: '',
    }
  );
}

import type { FilePart, TextPart } from '../../model/request.ts';
import { extraOf, type Fields, isFields, ownFields, present, spellingOf, textOf } from './fields.ts';

/** Where documents stand that belong to the whole request; elsewhere they are files of the last question. */
export const BESIDE = { place: 'documents' } as const;

/** Reads one of `documents`: a text, or an object with an id. https://docs.cohere.com/docs/documents-and-citations */
export function documentPart(document: unknown): FilePart | undefined {
  if (typeof document === 'string') return filePart(document, {}, { ...BESIDE, form: 'text' });
  if (!isFields(document)) return undefined;
  const { data, ...rest } = document;
  if (typeof data === 'string') return filePart(data, rest, { ...BESIDE, form: 'data' });
  if (!isFields(data)) return undefined;
  const { text, title, ...others } = data;
  const isPlain = typeof text === 'string' && isTextOrAbsent(title) && Object.keys(others).length === 0;
  if (!isPlain) return filePart(JSON.stringify(data), rest, { ...BESIDE, form: 'json' });
  return { ...filePart(text, rest, BESIDE), ...present({ name: textOf(title) }) };
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

function filePart(text: string, rest: Fields, spelling: Fields): FilePart {
  return { type: 'file', source: { kind: 'text', text }, citable: true, ...extraOf(rest, spelling) };
}

/** Writes a file as a document; `undefined` for what isn't a text. */
export function documentOut({ source, name, context, extra }: FilePart): unknown {
  const text = textIn(source);
  if (text === undefined) return undefined;
  const { form } = spellingOf(extra);
  if (form === 'text') return text;
  const rest = ownFields(extra) ?? {};
  if (form === 'data') return { ...rest, data: text };
  return { ...rest, data: form === 'json' ? objectOr(text) : present({ text, title: name, context }) };
}

/** What stage or caller may have made of the JSON that it was. */
function objectOr(text: string): Fields {
  try {
    const value: unknown = JSON.parse(text);
    if (isFields(value)) return value;
  } catch {
    // It is a text like any other now.
  }
  return { text };
}

function textIn(source: FilePart['source']): string | undefined {
  if (source.kind === 'text') return source.text;
  const isText = source.kind === 'data' && source.mediaType.startsWith('text/');
  return isText ? Buffer.from(source.data, 'base64').toString('utf8') : undefined;
}

/** Reads a document in a tool's result; elsewhere it is a text, of JSON if it is an object. */
export function resultDocument({ type, document, ...beside }: Fields): TextPart | undefined {
  if (type !== 'document' || !isFields(document) || Object.keys(beside).length > 0) return undefined;
  const { data, ...rest } = document;
  if (typeof data === 'string') return { type: 'text', text: data, ...extraOf(rest, { form: 'data' }) };
  if (!isFields(data)) return undefined;
  return { type: 'text', text: JSON.stringify(data), ...extraOf(rest, { form: 'json' }) };
}

/** Writes a text of a tool's result that was a document; `undefined` for one that was none. */
export function resultDocumentOut({ text, extra }: TextPart): Fields | undefined {
  const { form } = spellingOf(extra);
  if (form !== 'data' && form !== 'json') return undefined;
  return { type: 'document', document: { ...ownFields(extra), data: form === 'json' ? objectOr(text) : text } };
}

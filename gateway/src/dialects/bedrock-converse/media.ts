import type { FilePart, ImagePart } from '../../model/request.ts';
import { type Fields, isEmpty, isFields, onlyField, ownFields, present } from './fields.ts';

/** Reads a picture given as bytes; one that lies in Amazon's own store has no word of ours. */
export function imagePart({ format, source, ...rest }: Fields): ImagePart | undefined {
  const bytes = bytesIn(source);
  if (typeof format !== 'string' || bytes === undefined || !isEmpty(rest)) return undefined;
  return { type: 'image', source: { kind: 'data', mediaType: `image/${format}`, data: bytes } };
}

/** The kinds of documents that the wire knows. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html */
const DOCUMENT_TYPES: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  csv: 'text/csv',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xls: 'application/vnd.ms-excel',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  html: 'text/html',
  txt: 'text/plain',
  md: 'text/markdown',
};
const FORMATS: ReadonlyMap<string, string> = new Map(
  Object.entries(DOCUMENT_TYPES).map(([name, type]) => [type, name]),
);
const IMAGE_FORMATS: ReadonlySet<string> = new Set(['png', 'jpeg', 'gif', 'webp']);

/** Reads a document given as bytes or as text. */
export function documentPart(wire: Fields): FilePart | undefined {
  const { format, name, source, citations, context, ...rest } = wire;
  const mediaType = typeof format === 'string' ? DOCUMENT_TYPES[format] : undefined;
  const media = mediaType === undefined ? undefined : sourceOf(source, mediaType);
  const citable = isFields(citations) ? onlyField(citations) : undefined;
  const isKnown = citations === undefined || (citable?.[0] === 'enabled' && typeof citable[1] === 'boolean');
  const isText = (value: unknown): value is string | undefined => value === undefined || typeof value === 'string';
  if (!media || !isKnown || !isText(name) || !isText(context) || !isEmpty(rest)) return undefined;
  const own = media.kind === 'text' && format !== 'txt' ? { format } : {};
  return {
    type: 'file',
    source: media,
    ...present({ name, context, citable: citable?.[1] as boolean | undefined }),
    ...(isEmpty(own) ? {} : { extra: { dialect: 'bedrock-converse', fields: own } }),
  };
}

function sourceOf(source: unknown, mediaType: string): FilePart['source'] | undefined {
  const data = bytesIn(source);
  if (data !== undefined) return { kind: 'data', mediaType, data };
  const text = isFields(source) && onlyField(source) ? source['text'] : undefined;
  return typeof text === 'string' ? { kind: 'text', text } : undefined;
}

function bytesIn(source: unknown): string | undefined {
  const bytes = isFields(source) && onlyField(source) ? source['bytes'] : undefined;
  return typeof bytes === 'string' ? bytes : undefined;
}

/** Writes a picture; `undefined` where the wire can't: it fetches nothing. */
export function imageOut({ source }: ImagePart | FilePart): Fields | undefined {
  const format = source.kind === 'data' ? imageFormat(source.mediaType) : undefined;
  return source.kind === 'data' && format !== undefined
    ? { image: { format, source: { bytes: source.data } } }
    : undefined;
}

function imageFormat(mediaType: string): string | undefined {
  const format = mediaType.replace(/^image\//, '').replace(/^jpg$/, 'jpeg');
  return IMAGE_FORMATS.has(format) ? format : undefined;
}

/** Writes a document under a name that no other one of the request has. */
export function documentOut(part: FilePart, nameFor: (name: string | undefined) => string): Fields | undefined {
  const { source, citable, context, name, extra } = part;
  const own = ownFields(extra);
  const wire = wireSource(source);
  if (!wire) return imageOut(part);
  return {
    document: present({
      ...wire,
      ...own,
      name: nameFor(name),
      context,
      citations: citable === undefined ? undefined : { enabled: citable },
    }),
  };
}

function wireSource(source: FilePart['source']): Fields | undefined {
  if (source.kind === 'text') return { format: 'txt', source: { text: source.text } };
  if (source.kind !== 'data') return undefined;
  const [mediaType = ''] = source.mediaType.split(';');
  const format = FORMATS.get(mediaType) ?? (mediaType.startsWith('text/') ? 'txt' : undefined);
  return format === undefined ? undefined : { format, source: { bytes: source.data } };
}

/** The longest name that the wire takes. */
const NAME_CHARS_MAX = 200;

/** Names documents as the wire wants it: few kinds of characters, and no name twice. */
export class DocumentNames {
  readonly #taken = new Set<string>();

  /** The name for the next document. */
  next(name: string | undefined): string {
    const plain = (name ?? '')
      .replaceAll(/[^\p{L}\p{N}()[\]-]+/gu, ' ')
      .trim()
      .slice(0, NAME_CHARS_MAX);
    const wanted = plain === '' ? 'document' : plain;
    let said = wanted;
    for (let count = 2; this.#taken.has(said); count += 1) said = `${wanted} ${count}`;
    this.#taken.add(said);
    return said;
  }
}

import type { FilePart, MediaSource, Part } from '../../model/request.ts';
import { extraOf, type Fields, present, textOf } from './fields.ts';

type MediaPart = Extract<Part, { type: 'image' | 'audio' | 'file' }>;

/** Reads `inlineData`; `undefined` where it isn't what is documented. https://ai.google.dev/api/caching#Blob */
export function inlinePart({ mimeType, data, displayName, ...more }: Fields, rest: Fields): MediaPart | undefined {
  if (typeof mimeType !== 'string' || typeof data !== 'string' || Object.keys(more).length > 0) return undefined;
  return partFor(mimeType, { kind: 'data', mediaType: mimeType, data }, { displayName, rest, spelling: {} });
}

/** Reads `fileData`. The kind of file stands beside its address, and may be missing. */
export function filePart({ fileUri, mimeType, displayName, ...more }: Fields, rest: Fields): MediaPart | undefined {
  const isKnown = mimeType === undefined || typeof mimeType === 'string';
  if (typeof fileUri !== 'string' || !isKnown || Object.keys(more).length > 0) return undefined;
  const type = textOf(mimeType);
  return partFor(
    type ?? '',
    { kind: 'url', url: fileUri },
    { displayName, rest, spelling: present({ mimeType: type }) },
  );
}

interface Beside {
  readonly displayName: unknown;
  readonly rest: Fields;
  readonly spelling: Fields;
}

function partFor(mediaType: string, source: MediaSource, { displayName, rest, spelling }: Beside): MediaPart {
  const name = textOf(displayName);
  // Where the kind has no place for a name, the name is how the caller wrote it.
  const named = extraOf(rest, { ...spelling, ...present({ displayName: name }) });
  if (mediaType.startsWith('image/')) return { type: 'image', source, ...named };
  if (mediaType.startsWith('audio/')) return { type: 'audio', source, ...named };
  return { type: 'file', source, ...present({ name }), ...extraOf(rest, spelling) };
}

/** Kinds of files by the end of their address, since the wire wants the kind said. */
const TYPE_BY_ENDING: Readonly<Record<string, string>> = {
  gif: 'image/gif',
  heic: 'image/heic',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  mov: 'video/quicktime',
  mp3: 'audio/mp3',
  mp4: 'video/mp4',
  pdf: 'application/pdf',
  png: 'image/png',
  txt: 'text/plain',
  wav: 'audio/wav',
  webp: 'image/webp',
};
const USUAL_TYPE = { image: 'image/jpeg', audio: 'audio/mp3', file: 'application/pdf' } as const;

/** Writes a picture, a sound or a document; `undefined` where the wire has no way to name it. */
export function mediaOut(part: MediaPart, spelling: Fields): Fields | undefined {
  const { source } = part;
  const displayName = part.type === 'file' ? part.name : spelling['displayName'];
  if (source.kind === 'text') return textFile(source.text, displayName);
  if (source.kind === 'data') {
    return { inlineData: present({ mimeType: source.mediaType, data: source.data, displayName }) };
  }
  const fileUri = source.kind === 'url' ? source.url : ownFileUri(source.id);
  if (fileUri === undefined) return undefined;
  const isOwn = Object.keys(spelling).length > 0;
  const mimeType = spelling['mimeType'] ?? (isOwn ? undefined : typeOf(part, fileUri));
  return dataUrl(fileUri) ?? { fileData: present({ fileUri, mimeType, displayName }) };
}

function textFile(text: string, displayName: unknown): Fields {
  return { inlineData: present({ mimeType: 'text/plain', data: Buffer.from(text).toString('base64'), displayName }) };
}

/** Ids of other providers' files mean nothing here. */
function ownFileUri(id: string): string | undefined {
  if (/^(https|gs):\/\//.test(id)) return id;
  return id.startsWith('files/') ? `https://generativelanguage.googleapis.com/v1beta/${id}` : undefined;
}

function dataUrl(url: string): Fields | undefined {
  const start = /^data:([^;,]{1,100});base64,/.exec(url);
  return start ? { inlineData: { mimeType: start[1], data: url.slice(start[0].length) } } : undefined;
}

function typeOf({ type }: MediaPart | FilePart, url: string): string {
  const ending = /\.([a-z0-9]{1,5})$/.exec(url.split(/[?#]/, 1)[0]?.toLowerCase() ?? '')?.[1] ?? '';
  return TYPE_BY_ENDING[ending] ?? USUAL_TYPE[type];
}

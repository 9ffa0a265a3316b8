import type { MediaSource } from '../../model/request.ts';

const BASE64 = ';base64,';

/** A `data:` URL is taken apart where it can be put together again just so. */
export function sourceOf(url: string): MediaSource {
  const comma = url.startsWith('data:') ? url.indexOf(BASE64) : -1;
  const mediaType = comma === -1 ? '' : url.slice('data:'.length, comma);
  if (mediaType === '' || mediaType.includes(';') || mediaType.includes(',')) return { kind: 'url', url };
  return { kind: 'data', mediaType, data: url.slice(comma + BASE64.length) };
}

/** The address of a source; data is one as well. */
export function urlOf(source: Extract<MediaSource, { kind: 'url' | 'data' }>): string {
  return source.kind === 'url' ? source.url : `data:${source.mediaType}${BASE64}${source.data}`;
}

/** The media type of a sound by the wire's word for its format. */
export function soundTypeOf(format: string): string {
  return format === 'mp3' ? 'audio/mpeg' : `audio/${format}`;
}

/** The wire's word for the format of a sound. */
export function soundFormatOf(mediaType: string): string {
  const format = mediaType.slice(mediaType.indexOf('/') + 1);
  if (format === 'mpeg') return 'mp3';
  return format === 'x-wav' || format === 'wave' ? 'wav' : format;
}

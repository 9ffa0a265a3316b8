import type { FilePart, ImagePart, Part } from '../../model/request.ts';
import { DIALECT } from './fields.ts';

/** How the base64 of a picture begins, by what it is. The wire doesn’t say. */
const BEGINNINGS: readonly (readonly [string, string])[] = [
  ['iVBORw0KGgo', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['R0lGOD', 'image/gif'],
  ['UklGR', 'image/webp'],
  ['Qk', 'image/bmp'],
];

/** Reads `images`; one of a kind that isn’t known stays whole, for the same dialect. */
export function imageParts(images: unknown): readonly Part[] {
  const list: readonly unknown[] = Array.isArray(images) ? (images as unknown[]) : [];
  return list.map((image): Part => {
    const data = typeof image === 'string' ? image : '';
    const mediaType = BEGINNINGS.find(([beginning]) => data.startsWith(beginning))?.[1];
    if (mediaType === undefined) return { type: 'native', dialect: DIALECT, value: { image } };
    return { type: 'image', source: { kind: 'data', mediaType, data } };
  });
}

/** A picture as this wire says it; `undefined` where it would have to be fetched. */
export function imageOut({ type, source }: ImagePart | FilePart): string | undefined {
  const isPicture = source.kind === 'data' && (type === 'image' || source.mediaType.startsWith('image/'));
  return isPicture ? source.data : undefined;
}

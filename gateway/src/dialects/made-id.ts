/** A reply's id where its wire says none, and other wires can't do without: FNV-1a over how it begins. */
export function madeId(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return `reply-${hash.toString(16).padStart(8, '0')}`;
}

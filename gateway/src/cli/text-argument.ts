import type { World } from './world.ts';

/** Longer texts are refused before they fill the memory. */
export const STDIN_BYTES_MAX = 33_554_432;

/** The text that was given; for `-`, standard input without its last line end. */
export async function textArgument(given: string, { stdin }: World, signal: AbortSignal): Promise<string> {
  if (given !== '-') return given;
  const input = stdin();
  signal.addEventListener('abort', () => void input.destroy(signal.reason as Error), { once: true });
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of input) {
    bytes += piece.length;
    if (bytes > STDIN_BYTES_MAX) throw new Error(`Standard input is longer than ${STDIN_BYTES_MAX} bytes.`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}

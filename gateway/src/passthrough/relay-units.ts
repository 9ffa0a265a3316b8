import type { Usage } from '../model/reply.ts';
import type { Units } from '../model/units.ts';
import type { ReplyWatch } from './reply-watch.ts';

/** What a request says about what it will take, besides tokens. */
export interface RelayUnits {
  /** At most, for the budget. */
  readonly most: Units;
  /** What is taken as soon as the provider answers. `texts` are those that were sent. */
  readonly known?: (texts: readonly string[]) => Units;
  /** Pictures that were asked for, where it is pictures that are made. A form says them while it goes by. */
  readonly pictures?: () => { readonly count: number; readonly forms: readonly string[] };
}

/** What counts for the price of pictures: both, the size, the quality. */
export function pictureForms(size: unknown, quality: unknown): readonly string[] {
  const names = [size, quality].filter((word) => typeof word === 'string');
  return names.length === 2 ? [`${String(quality)}/${String(size)}`, ...names] : names;
}

/** Characters as people count them for money: no half ones. */
export const charactersOf = (text: string): number => Array.from(text).length;

/** What was seen in an answer that went by. */
type Watched = Pick<ReplyWatch, 'made' | 'seconds'>;

/** What was taken when an answer is at its end, or was cut: a provider's work is paid for, whoever hears the end of it. */
export function unitsTaken(
  { known, pictures }: RelayUnits,
  {
    texts,
    watch,
    isCut,
  }: { readonly texts: readonly string[]; readonly watch: Watched | undefined; readonly isCut: boolean },
): Units | undefined {
  const seconds = watch?.seconds;
  const asked = pictures?.();
  const count = Math.max(watch?.made ?? 0, isCut ? (asked?.count ?? 0) : 0);
  const units: Units = {
    ...known?.(texts),
    ...(seconds === undefined ? {} : { seconds }),
    ...(asked && count > 0 ? { pictures: count, pictureForms: asked.forms } : {}),
  };
  return Object.keys(units).length > 0 ? units : undefined;
}

/** Tokens and all else together. Sound that is counted in tokens isn't paid for by the second as well. */
export function withUnits(tokens: Usage | undefined, units: Units | undefined): Usage | undefined {
  if (!units) return tokens;
  const { seconds, ...others } = units;
  const isHeard = seconds !== undefined && !tokens;
  return {
    inputTokens: 0,
    outputTokens: 0,
    ...tokens,
    units: { ...(isHeard ? { seconds } : {}), ...others, ...tokens?.units },
  };
}

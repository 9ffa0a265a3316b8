/** The regions that a key's metadata names under `regions`; `undefined` when it names none. */
export function regionsOf({ regions }: Readonly<Record<string, unknown>>): readonly string[] | undefined {
  return areRegions(regions) ? regions : undefined;
}

const REGIONS_MAX = 100;
const REGION_CHARACTERS_MAX = 64;

/** Whether something is a list of parts of the world, with one at least. */
export function areRegions(value: unknown): value is readonly string[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= REGIONS_MAX &&
    value.every((text) => typeof text === 'string' && text !== '' && text.length <= REGION_CHARACTERS_MAX)
  );
}

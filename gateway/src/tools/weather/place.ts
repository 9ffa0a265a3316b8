import { z } from 'zod';

/** A place that the geocoder knows. https://open-meteo.com/en/docs/geocoding-api */
export const Place = z.object({
  name: z.string(),
  latitude: z.number(),
  longitude: z.number(),
  country: z.string().optional(),
  country_code: z.string().optional(),
  admin1: z.string().optional(),
});

/** The same as a value. */
export type Place = z.infer<typeof Place>;

/** A place as it was asked for: its name, and what was said to tell it from others of that name. */
export interface WantedPlace {
  readonly name: string;
  readonly region: string | undefined;
}

const QUESTION = /^(?:what|how|get|check|tell|show|is|will)\b/i;
const BEFORE_PLACE = [' in ', ' at ', ' for '];

/** `What is the weather in San Francisco, CA?` → San Francisco, in CA. */
export function wantedPlace(words: string): WantedPlace {
  let place = words
    .trim()
    .replace(/[?.!]+$/, '')
    .trim();
  const sentence = place.toLowerCase();
  const at = Math.max(...BEFORE_PLACE.map((word) => (QUESTION.test(place) ? sentence.lastIndexOf(word) : -1)));
  if (at >= 0) place = place.slice(at + 1);
  place = place.replace(/^(?:in|at|for)\s+/i, '').trim();
  const [name = '', ...region] = place.split(',').map((part) => part.trim());
  return { name, region: region.at(-1) };
}

/** The best of the places of one name: one in the wanted region, else the first, which is the largest. */
export function bestPlace(places: readonly Place[], { region }: WantedPlace): Place | undefined {
  const wanted = region?.toLowerCase();
  return (
    places.find(({ country, country_code: code, admin1 }) =>
      [country, code, admin1].some((known) => known?.toLowerCase() === wanted),
    ) ?? places[0]
  );
}

/** `Paris, Île-de-France, France` */
export function placeText({ name, admin1, country }: Place): string {
  return [...new Set([name, admin1, country])].filter((part) => part !== undefined && part !== '').join(', ');
}

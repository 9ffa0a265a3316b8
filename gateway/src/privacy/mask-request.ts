import type { Detector } from '../detectors/contract.ts';
import type { ChatRequest } from '../model/request.ts';
import { KnownValues } from './known-values.ts';
import { Placeholders } from './placeholders.ts';
import { mapTexts, type Place } from './request-texts.ts';
import { apart, type FoundValue, type Replacement, valuesIn, withReplacements } from './values.ts';

/** A request without private values, and what to put back where a reply names them. */
export interface MaskedRequest {
  readonly request: ChatRequest;
  /** Values by placeholder. */
  readonly values: ReadonlyMap<string, string>;
}

/** Puts placeholders in place of all private values. `undefined` when there are none. */
export function maskRequest(request: ChatRequest, detectors: readonly Detector[]): MaskedRequest | undefined {
  const finding = new Map<string, readonly FoundValue[]>();
  mapTexts(request, (text, { form, signed }) => {
    const found = signed ? [] : valuesIn(text, form, detectors);
    if (found.length > 0) finding.set(keyOf(text, form), found);
    return text;
  });
  if (finding.size === 0) return undefined;

  const placeholders = new Placeholders();
  mapTexts(request, (text) => {
    placeholders.reserve(text);
    return text;
  });
  for (const found of finding.values()) for (const { word, value } of found) placeholders.of(word, value);
  const values = placeholders.values();
  const lonely = new KnownValues(
    new Map([...values].flatMap(([by, value]) => (isFoundAlone(value, detectors) ? [] : [[value, by]]))),
  );
  const masked = mapTexts(request, (text, place) => {
    const found = place.signed ? valuesIn(text, place.form, detectors) : (finding.get(keyOf(text, place.form)) ?? []);
    return maskedText(text, place, replacementsOf(text, found, lonely, placeholders));
  });
  return { request: masked, values };
}

function keyOf(text: string, form: Place['form']): string {
  return form === 'text' ? text : `\u0000${text}`;
}

function maskedText(text: string, { form }: Place, replacements: readonly Replacement[]): string {
  return replacements.length === 0 ? text : withReplacements(text, form, replacements);
}

/** What a provider has signed came from it, so values that nobody else said are no news there and may stay. */
function replacementsOf(
  text: string,
  found: readonly FoundValue[],
  lonely: KnownValues,
  placeholders: Placeholders,
): readonly Replacement[] {
  const named = found.flatMap(({ start, end, value }) => {
    const by = placeholders.known(value);
    return by === undefined ? [] : [{ start, end, by }];
  });
  const repeated = lonely.placesIn(text);
  return repeated.length === 0 ? named : apart([...named, ...repeated]);
}

/** A value that only its context gave away (a passport's number) is looked for everywhere else, too. */
function isFoundAlone(value: string, detectors: readonly Detector[]): boolean {
  const [only] = valuesIn(value, 'text', detectors);
  return only?.value === value;
}

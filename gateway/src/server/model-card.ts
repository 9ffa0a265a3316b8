import type { ModelPrice, Rate } from '../model/price.ts';
import { dollarsOfPicousd, dollarsPerMillion } from '../model/price.ts';
import type { UnitPrices } from '../model/units.ts';
import type { ListedModel } from '../routing/catalog.ts';

/** A model as OpenAI's clients know it, with fields besides that they pass over. What nobody knows is left out. */
export function openaiCard({ name, provider, facts = {}, price }: ListedModel): object {
  const { contextWindow, outputTokensMax, input, output, capabilities } = facts;
  return {
    id: name,
    object: 'model',
    created: 0,
    owned_by: provider,
    ...(contextWindow === undefined ? {} : { context_length: contextWindow }),
    ...(outputTokensMax === undefined ? {} : { max_output_tokens: outputTokensMax }),
    ...(input && output ? { modalities: { input, output } } : {}),
    ...(capabilities ? { capabilities } : {}),
    ...(price ? { pricing: pricing(price) } : {}),
  };
}

/** A model as Anthropic's clients know it. */
export function anthropicCard({ name, facts = {} }: ListedModel): object {
  const { contextWindow, outputTokensMax } = facts;
  return {
    type: 'model',
    id: name,
    display_name: name,
    created_at: new Date(0).toISOString(),
    ...(contextWindow === undefined ? {} : { max_input_tokens: contextWindow }),
    ...(outputTokensMax === undefined ? {} : { max_tokens: outputTokensMax }),
  };
}

/** A model as Google's clients know it. https://ai.google.dev/api/models#Model */
export function geminiCard({ name, facts = {} }: ListedModel): object {
  const { contextWindow, outputTokensMax, output = [], capabilities } = facts;
  return {
    name: `models/${name}`,
    displayName: name,
    version: '',
    ...(contextWindow === undefined ? {} : { inputTokenLimit: contextWindow }),
    ...(outputTokensMax === undefined ? {} : { outputTokenLimit: outputTokensMax }),
    supportedGenerationMethods: output.includes('embedding')
      ? []
      : ['generateContent', 'streamGenerateContent', 'countTokens'],
    ...(capabilities ? { thinking: capabilities.includes('reasoning') } : {}),
  };
}

/** The kinds of tokens, as the wire names them. */
const KINDS = [
  ['input', 'input'],
  ['output', 'output'],
  ['cache_read', 'cacheRead'],
  ['cache_write', 'cacheWrite'],
  ['cache_write_1h', 'cacheWrite1h'],
  ['audio_input', 'audioInput'],
  ['audio_output', 'audioOutput'],
  ['reasoning', 'reasoning'],
] as const;

/** What isn't tokens, as the wire names it. */
const UNIT_NAMES = [
  ['per_image', 'pictures'],
  ['per_second', 'seconds'],
  ['per_character', 'characters'],
  ['per_search', 'searches'],
  ['per_web_search', 'webSearches'],
  ['per_request', 'requests'],
] as const;

/** Dollars for one of each. */
function unitPricing(units: UnitPrices): object {
  const said = UNIT_NAMES.flatMap(([name, kind]) => {
    const price = units[kind];
    return price === undefined ? [] : [[name, dollarsOfPicousd(price)] as const];
  });
  const forms = Object.entries(units.byForm ?? {}).map(([form, price]) => [form, dollarsOfPicousd(price)] as const);
  return { ...Object.fromEntries(said), ...(forms.length === 0 ? {} : { per_image_of: Object.fromEntries(forms) }) };
}

/** Dollars per million tokens, and for one of what isn't tokens; tiers hold for the whole of a request with more input tokens than that. */
function pricing(price: ModelPrice): object {
  const { batch, units, isTokenless } = price;
  const rates = KINDS.flatMap(([name, kind]): (readonly [string, Rate])[] => {
    const rate = isTokenless ? undefined : price[kind];
    return rate ? [[name, rate]] : [];
  });
  const bounds = new Set(rates.flatMap(([, { tiers = [] }]) => tiers.map(({ above }) => above)));
  const tiers = [...bounds]
    .sort((a, b) => a - b)
    .map((above) => ({
      above_input_tokens: above,
      ...Object.fromEntries(
        rates.flatMap(([name, rate]) => {
          const tier = rate.tiers?.find((each) => each.above === above);
          return tier ? [[name, dollarsPerMillion(tier.rate)]] : [];
        }),
      ),
    }));
  return {
    unit: 'usd_per_million_tokens',
    ...Object.fromEntries(rates.map(([name, { base }]) => [name, dollarsPerMillion(base)])),
    ...(tiers.length === 0 ? {} : { tiers }),
    ...(batch
      ? { batch_input: dollarsPerMillion(batch.input.base), batch_output: dollarsPerMillion(batch.output.base) }
      : {}),
    ...(units ? unitPricing(units) : {}),
  };
}

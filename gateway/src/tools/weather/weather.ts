import { z } from 'zod';
import type { Cancellation } from '../../model/cancellation.ts';
import { GatewayError } from '../../model/error.ts';
import { type AskService, notUnderstood, serviceUrl } from '../service-asker.ts';
import { type Tool, toolOf } from '../contract.ts';
import { bestPlace, Place, placeText, wantedPlace } from './place.ts';
import { conditionsOf } from './weather-codes.ts';

/** Where the weather comes from. */
export interface WeatherSettings {
  readonly geocodingUrl: string;
  readonly forecastUrl: string;
  /** For Open-Meteo's commercial addresses. */
  readonly key?: string | undefined;
  readonly units: 'metric' | 'imperial';
}

const SERVICE = 'Open-Meteo';
const LOCATION_CHARACTERS_MAX = 200;
const PLACES_MAX = 10;
const IMPERIAL = { temperature_unit: 'fahrenheit', wind_speed_unit: 'mph' };
const CURRENT = [
  'temperature_2m',
  'apparent_temperature',
  'relative_humidity_2m',
  'weather_code',
  'wind_speed_10m',
  'wind_direction_10m',
];

const Places = z.object({ results: z.array(Place).optional() });
const Forecast = z.object({
  timezone: z.string(),
  current_units: z.object({ temperature_2m: z.string(), wind_speed_10m: z.string() }),
  current: z.object({
    time: z.string(),
    temperature_2m: z.number(),
    apparent_temperature: z.number(),
    relative_humidity_2m: z.number(),
    weather_code: z.number(),
    wind_speed_10m: z.number(),
    wind_direction_10m: z.number(),
  }),
});

/** Says what the weather is like somewhere, as Open-Meteo has it. https://open-meteo.com/en/docs */
export function weather(settings: WeatherSettings, ask: AskService): Tool {
  return toolOf({
    name: 'weather',
    description: 'Says what the weather is like in a place right now.',
    parameters: z.strictObject({
      location: z.string().min(1).max(LOCATION_CHARACTERS_MAX).describe('A city, e.g. `Paris` or `Portland, Maine`.'),
      units: z.enum(['metric', 'imperial']).optional().describe('In which units to answer.'),
    }),
    mainParameter: 'location',
    run: async ({ location, units = settings.units }, { cancellation }) => {
      const place = await found(location, { settings, ask, cancellation });
      const forecast = await current(place, units, { settings, ask, cancellation });
      return answer(place, forecast);
    },
  });
}

interface Asking {
  readonly settings: WeatherSettings;
  readonly ask: AskService;
  readonly cancellation: Cancellation;
}

async function found(location: string, { settings, ask, cancellation }: Asking): Promise<Place> {
  const wanted = wantedPlace(location);
  const query = { name: wanted.name, count: String(PLACES_MAX), language: 'en', format: 'json', ...keyOf(settings) };
  const url = serviceUrl(settings.geocodingUrl, '/v1/search', query);
  const reply = Places.safeParse(await ask({ service: SERVICE, url }, cancellation));
  if (!reply.success) throw notUnderstood(SERVICE, reply.error);
  const place = bestPlace(reply.data.results ?? [], wanted);
  if (!place)
    throw new GatewayError('tool.rejected', `The weather service knows no place "${wanted.name}".`, {
      param: 'parameters.location',
    });
  return place;
}

async function current(
  { latitude, longitude }: Place,
  units: WeatherSettings['units'],
  { settings, ask, cancellation }: Asking,
): Promise<z.infer<typeof Forecast>> {
  const url = serviceUrl(settings.forecastUrl, '/v1/forecast', {
    latitude: String(latitude),
    longitude: String(longitude),
    current: CURRENT.join(','),
    timezone: 'auto',
    ...(units === 'imperial' ? IMPERIAL : {}),
    ...keyOf(settings),
  });
  const reply = Forecast.safeParse(await ask({ service: SERVICE, url }, cancellation));
  if (!reply.success) throw notUnderstood(SERVICE, reply.error);
  return reply.data;
}

function keyOf({ key }: WeatherSettings): Record<string, string> {
  return key === undefined ? {} : { apikey: key };
}

function answer(place: Place, { current: now, current_units: units, timezone }: z.infer<typeof Forecast>) {
  const conditions = conditionsOf(now.weather_code);
  const location = placeText(place);
  const degrees = units.temperature_2m;
  const speed = units.wind_speed_10m;
  return {
    result: {
      location,
      temperature: now.temperature_2m,
      feels_like: now.apparent_temperature,
      conditions,
      humidity: now.relative_humidity_2m,
      wind_speed: now.wind_speed_10m,
      wind_direction: now.wind_direction_10m,
      units: { temperature: degrees, wind_speed: speed, humidity: '%' },
      time: now.time,
      timezone,
      latitude: place.latitude,
      longitude: place.longitude,
      source: SERVICE,
    },
    text:
      `${location}: ${now.temperature_2m} ${degrees} (feels like ${now.apparent_temperature} ${degrees}), ${conditions}, ` +
      `humidity ${now.relative_humidity_2m}%, wind ${now.wind_speed_10m} ${speed}.`,
  };
}

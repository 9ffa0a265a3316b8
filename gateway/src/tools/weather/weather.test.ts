import { expect, test } from 'vitest';
import { type AskedOf, json, loopback, realService } from '../../../test/loopback.ts';
import { FORECAST, NEW_YORK } from '../../../test/open-meteo.ts';
import { failureOf, toolContext } from '../../../test/support.ts';
import { weather, type WeatherSettings } from './weather.ts';

const place = (fields: object) => ({ ...NEW_YORK, ...fields });

/** Open-Meteo's two services on one loopback server, answering as the real ones do. */
async function openMeteo(
  { places = [NEW_YORK], forecast = FORECAST }: { places?: readonly object[]; forecast?: unknown } = {},
  settings: Partial<WeatherSettings> = {},
) {
  const found = places.length === 0 ? { generationtime_ms: 0.5 } : { results: places, generationtime_ms: 0.5 };
  const { url, asked } = await loopback(({ path }, response) => {
    if (path === '/v1/search') json(response, found);
    else if (path === '/v1/forecast' && typeof forecast === 'object') json(response, forecast);
    else if (typeof forecast === 'number') json(response, { error: true, reason: 'Out of range.' }, forecast);
    else response.end(String(forecast));
  });
  const tool = weather({ geocodingUrl: url, forecastUrl: url, units: 'metric', ...settings }, realService());
  return { asked, tell: (parameters: Record<string, unknown>) => tool.run(parameters, toolContext()) };
}

const search = (asked: readonly AskedOf[]) => asked.find(({ path }) => path === '/v1/search')?.query;
const forecast = (asked: readonly AskedOf[]) => asked.find(({ path }) => path === '/v1/forecast')?.query;

test('it finds the place, asks for its weather, and says it', async () => {
  const { tell, asked } = await openMeteo();
  const { result, text } = await tell({ location: 'New York' });
  expect(result).toMatchObject({
    location: 'New York, United States',
    temperature: 23.4,
    conditions: 'overcast',
    humidity: 62,
    wind_speed: 12.5,
    units: { temperature: '°C', wind_speed: 'km/h' },
  });
  expect(text).toBe('New York, United States: 23.4 °C (feels like 24.1 °C), overcast, humidity 62%, wind 12.5 km/h.');
  expect(search(asked)).toMatchObject({ name: 'New York', format: 'json' });
  expect(forecast(asked)).toMatchObject({ latitude: '40.71427', longitude: '-74.00597', timezone: 'auto' });
  expect(forecast(asked)?.['current']).toContain('temperature_2m,');
});

test.each([
  ['What is the weather in San Francisco?', 'San Francisco'],
  ['in Paris?', 'Paris'],
  ['how is it at home in Kraków', 'Kraków'],
  ['São Paulo', 'São Paulo'],
  ['Portland, Maine', 'Portland'],
  ['x&count=99#', 'x&count=99#'],
])('%s looks for %s', async (location, name) => {
  const { tell, asked } = await openMeteo();
  await tell({ location });
  expect(search(asked)?.['name']).toBe(name);
});

test('of two places of one name, the region decides', async () => {
  const places = [place({ name: 'Portland', admin1: 'Oregon' }), place({ name: 'Portland', admin1: 'Maine' })];
  const { tell } = await openMeteo({ places });
  expect((await tell({ location: 'Portland, maine' })).text).toContain('Portland, Maine, United States');
  expect((await tell({ location: 'Portland' })).text).toContain('Oregon');
});

test('imperial units are asked for, by setting or by wish', async () => {
  const { tell, asked } = await openMeteo();
  await tell({ location: 'New York', units: 'imperial' });
  expect(forecast(asked)).toMatchObject({ temperature_unit: 'fahrenheit', wind_speed_unit: 'mph' });
  const set = await openMeteo({}, { units: 'imperial' });
  await set.tell({ location: 'New York' });
  expect(forecast(set.asked)).toMatchObject({ temperature_unit: 'fahrenheit' });
});

test('a key goes along to both services', async () => {
  const { tell, asked } = await openMeteo({}, { key: 'a key' });
  await tell({ location: 'New York' });
  expect(asked.map(({ query }) => query['apikey'])).toEqual(['a key', 'a key']);
});

test('a place that nobody knows is said to be unknown', async () => {
  const { tell } = await openMeteo({ places: [] });
  const error = await failureOf(tell({ location: 'Xyzzy' }));
  expect([error.code, error.message]).toEqual(['tool.rejected', expect.stringContaining('"Xyzzy"')]);
});

test.each([
  ['an error of the service', 400, 'status 400'],
  ['no JSON', '<html>', 'can’t be understood'],
  ['something else', { hello: 'world' }, 'can’t be understood'],
  ['too much', 'x'.repeat(200_000), 'more than 100000 bytes'],
])('%s is a failure of the tool', async (_, answer, words) => {
  const { tell } = await openMeteo({ forecast: answer });
  const error = await failureOf(tell({ location: 'New York' }));
  expect([error.code, error.message]).toEqual(['tool.failed', expect.stringContaining(words)]);
});

test('a service that isn’t there is a failure of the tool', async () => {
  const nowhere = { geocodingUrl: 'http://127.0.0.1:1', forecastUrl: 'http://127.0.0.1:1', units: 'metric' } as const;
  const error = await failureOf(weather(nowhere, realService()).run({ location: 'Paris' }, toolContext()));
  expect([error.code, error.message]).toEqual(['tool.failed', expect.stringContaining('refused the connection')]);
});

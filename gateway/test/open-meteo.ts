/** A place, as Open-Meteo's geocoding service has it. */
export const NEW_YORK = {
  id: 5128581,
  name: 'New York',
  latitude: 40.71427,
  longitude: -74.00597,
  elevation: 10,
  feature_code: 'PPL',
  country_code: 'US',
  admin1: 'New York',
  country: 'United States',
  timezone: 'America/New_York',
};

/** The weather there, as its forecast service has it. */
export const FORECAST = {
  latitude: 40.710335,
  longitude: -73.99309,
  generationtime_ms: 0.1,
  utc_offset_seconds: -14400,
  timezone: 'America/New_York',
  timezone_abbreviation: 'GMT-4',
  elevation: 32,
  current_units: {
    time: 'iso8601',
    interval: 'seconds',
    temperature_2m: '°C',
    apparent_temperature: '°C',
    relative_humidity_2m: '%',
    weather_code: 'wmo code',
    wind_speed_10m: 'km/h',
    wind_direction_10m: '°',
  },
  current: {
    time: '2026-07-01T08:00',
    interval: 900,
    temperature_2m: 23.4,
    apparent_temperature: 24.1,
    relative_humidity_2m: 62,
    weather_code: 3,
    wind_speed_10m: 12.5,
    wind_direction_10m: 225,
  },
};

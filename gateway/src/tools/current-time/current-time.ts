import { z } from 'zod';
import { GatewayError } from '../../model/error.ts';
import { type Tool, toolOf } from '../contract.ts';

const ZONE_CHARACTERS_MAX = 64;

/** Says what time it is, here or elsewhere. */
export function currentTime(): Tool {
  return toolOf({
    name: 'current_time',
    description: 'Says the current date and time, in UTC or in a time zone ("Europe/Paris", or just "Paris").',
    parameters: z.strictObject({
      timezone: z
        .string()
        .max(ZONE_CHARACTERS_MAX)
        .optional()
        .describe('A time zone by its IANA name, or by its city. UTC when left out.'),
    }),
    mainParameter: 'timezone',
    run: ({ timezone }, { nowMs }) => {
      const zone = zoneNamed(timezone);
      const parts = partsOf(nowMs, zone);
      const iso = `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}:${parts.second}${parts.offset}`;
      return {
        result: { iso, timezone: zone, weekday: parts.weekday, timestamp: Math.floor(nowMs / 1000) },
        text: `${parts.weekday}, ${parts.year}-${parts.month}-${parts.day} ${parts.hour}:${parts.minute}:${parts.second} (${zone})`,
      };
    },
  });
}

/** An IANA name in any case, or the city at the end of one. */
function zoneNamed(wish: string | undefined): string {
  const words = wish
    ?.trim()
    .replace(/^in\s/i, '')
    .replace(/[?.!]+$/, '')
    .trim();
  if (!words || words.toUpperCase() === 'UTC') return 'UTC';
  const name = words.replaceAll(/\s+/g, '_').toLowerCase();
  const all = Intl.supportedValuesOf('timeZone');
  const found =
    all.find((zone) => zone.toLowerCase() === name) ?? all.find((zone) => zone.toLowerCase().endsWith(`/${name}`));
  if (found !== undefined) return found;
  // Older names (Asia/Calcutta, EST) aren't listed, but known.
  if (isZone(name)) return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  throw new GatewayError('tool.rejected', 'There is no such time zone. Name one like Europe/Paris, or its city.', {
    param: 'parameters.timezone',
  });
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

interface TimeParts {
  readonly year: string;
  readonly month: string;
  readonly day: string;
  readonly hour: string;
  readonly minute: string;
  readonly second: string;
  readonly weekday: string;
  readonly offset: string;
}

function partsOf(nowMs: number, timeZone: string): TimeParts {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    weekday: 'long',
    timeZoneName: 'longOffset',
  });
  const parts = new Map(format.formatToParts(nowMs).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  const offset = part('timeZoneName').replace('GMT', '');
  return {
    year: part('year'),
    month: part('month'),
    day: part('day'),
    hour: part('hour'),
    minute: part('minute'),
    second: part('second'),
    weekday: part('weekday'),
    offset: offset === '' ? '+00:00' : offset,
  };
}

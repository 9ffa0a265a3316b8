import { z } from 'zod';

const DAY_MS = 86_400_000;

/** A duration in milliseconds, with its default. */
export const milliseconds = (fallback: number, { min = 1, max = DAY_MS }: { min?: number; max?: number } = {}) =>
  z.number().int().min(min).max(max).default(fallback);

/** A duration in milliseconds that another setting stands in for when it is absent. */
export const optionalMilliseconds = () => z.number().int().min(1).max(DAY_MS).optional();

/** A whole number between two bounds, with its default. */
export const whole = (fallback: number, { min, max }: { min: number; max: number }) =>
  z.number().int().min(min).max(max).default(fallback);

/** A value that is never printed, given as it is or as a reference (`env:NAME`, `file:/path`). */
export const secret = () => z.string().min(1).max(65_536).meta({ secret: true });

/** An http(s) address, given as it is or as a reference (`env:NAME`, `file:/path`). */
export const address = () =>
  z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' }).meta({ reference: true });

/** Header fields to send; their values count as secrets, because most of them are. */
export const headers = () =>
  z.record(
    z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'is not a header name'),
    secret().describe('Value of the header.'),
  );

/** The name of a model or a model group, as callers write it. */
export const modelName = () => z.string().min(1).max(512);

/** A part of the world: `eu`, `us`, or the name that a cloud has for a place. */
export const regionName = () => z.string().min(1).max(64);

import { z } from 'zod';
import { jsonSchemaOf } from '../admin/json-schema.ts';
import { GatewayError } from '../model/error.ts';
import type { KeywordPattern, KeywordSettings } from './pattern.ts';
import type { KeywordChanges } from './pattern-store.ts';

/** Limits of one pattern; the length of the expression itself is a setting. */
const NAME = /^[a-z0-9][\w.-]{0,127}$/i;
const TOOL_CHARACTERS_MAX = 64;
const DESCRIPTION_CHARACTERS_MAX = 1000;
const PRIORITY_MAX = 100;
const PRIORITY_DEFAULT = 50;
/** The original's own file has priorities that its API refuses. */
const STORED_PRIORITY_MAX = 1_000_000;

const role = z.enum(['basic', 'premium', 'admin']);
const fields = {
  pattern: z.string(),
  tool: z.string().min(1).max(TOOL_CHARACTERS_MAX),
  description: z.string().max(DESCRIPTION_CHARACTERS_MAX),
  priority: z.int().min(0).max(PRIORITY_MAX),
  required_role: role,
  enabled: z.boolean(),
};
const settingsFields = {
  enable_detection: z.boolean(),
  detection_threshold: z.number().min(0).max(1),
  default_role: role,
};
const name = z.string().regex(NAME, 'must be letters, digits, points, dashes and underscores');

const NewPattern = z.strictObject({
  name,
  ...fields,
  priority: fields.priority.default(PRIORITY_DEFAULT),
  required_role: role.optional(),
  enabled: z.boolean().default(true),
});
const PatternChange = z.strictObject({ name, ...fields }).partial();
const SettingsChange = z.strictObject(settingsFields).partial();
const StoredPattern = z.object({ name, ...fields, priority: z.int().min(0).max(STORED_PRIORITY_MAX) });
const StoredChanges = z.object({
  patterns: z.record(name, StoredPattern.nullable()),
  settings: z.object(settingsFields).partial(),
});

type Fields = Readonly<Record<string, unknown>>;

/** What requests about patterns and settings may say, for whoever reads about them. */
export const KEYWORD_BODIES = {
  newPattern: jsonSchemaOf(NewPattern),
  patternChange: jsonSchemaOf(PatternChange),
  settingsChange: jsonSchemaOf(SettingsChange),
} as const;

/** A pattern as the API says it. */
export function patternOut(pattern: KeywordPattern): z.infer<typeof StoredPattern> {
  return {
    name: pattern.name,
    pattern: pattern.pattern,
    tool: pattern.tool,
    description: pattern.description,
    priority: pattern.priority,
    required_role: pattern.requiredRole,
    enabled: pattern.enabled,
  };
}

/** Settings as the API says them. */
export function settingsOut(settings: KeywordSettings): z.infer<z.ZodObject<typeof settingsFields>> {
  return {
    enable_detection: settings.detection,
    detection_threshold: settings.detectionThreshold,
    default_role: settings.defaultRole,
  };
}

/** Reads a new pattern. Throws `request.invalid`, naming the field. */
export function newPattern(body: Fields, defaultRole: KeywordPattern['requiredRole']): KeywordPattern {
  const { required_role: requiredRole = defaultRole, ...rest } = read(NewPattern, body);
  return { ...rest, requiredRole };
}

/** Reads what shall change about a pattern, and which fields those are. Throws `request.invalid`. */
export function patternChange(body: Fields): ReadChange<Partial<KeywordPattern>> {
  const said = read(PatternChange, body);
  const { required_role: requiredRole, ...rest } = said;
  return {
    changes: { ...rest, ...(requiredRole === undefined ? {} : { requiredRole }) } as Partial<KeywordPattern>,
    updated: Object.keys(said),
  };
}

/** Reads what shall change about the settings. Throws `request.invalid`. */
export function settingsChange(body: Fields): ReadChange<Partial<KeywordSettings>> {
  const said = read(SettingsChange, body);
  return { changes: settingsIn(said), updated: Object.keys(said) };
}

/** What shall change, and the names of the fields as they were sent. */
export interface ReadChange<T> {
  readonly changes: T;
  readonly updated: readonly string[];
}

/** Changes as they are stored: the API's own words. */
export function changesOut({ patterns, settings }: KeywordChanges): unknown {
  const all = settingsOut(settings as KeywordSettings);
  return {
    patterns: Object.fromEntries(
      Object.entries(patterns).map(([key, pattern]) => [key, pattern && patternOut(pattern)]),
    ),
    settings: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)),
  };
}

/** Reads stored changes; `undefined` when it isn't that. */
export function changesIn(stored: unknown): KeywordChanges | undefined {
  const { data } = StoredChanges.safeParse(stored);
  if (!data) return undefined;
  const patterns = Object.entries(data.patterns).map(([key, pattern]) => {
    if (!pattern) return [key, null] as const;
    const { required_role: requiredRole, ...rest } = pattern;
    return [key, { ...rest, requiredRole }] as const;
  });
  return { patterns: Object.fromEntries(patterns), settings: settingsIn(data.settings) };
}

function settingsIn(said: z.infer<typeof SettingsChange>): Partial<KeywordSettings> {
  const { enable_detection: detection, detection_threshold: detectionThreshold, default_role: defaultRole } = said;
  return {
    ...(detection === undefined ? {} : { detection }),
    ...(detectionThreshold === undefined ? {} : { detectionThreshold }),
    ...(defaultRole === undefined ? {} : { defaultRole }),
  };
}

/** A field that is null counts as not sent, as in the original. */
function read<T>(schema: z.ZodType<T>, body: Fields): T {
  const sent = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
  const checked = schema.safeParse(sent);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  const param = issue?.code === 'unrecognized_keys' ? issue.keys[0] : issue?.path.join('.');
  throw new GatewayError('request.invalid', `"${param}": ${issue?.message ?? 'is not valid'}.`, { param });
}

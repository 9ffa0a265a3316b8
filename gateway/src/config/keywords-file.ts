import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { z } from 'zod';
import { ConfigError, type ConfigProblem } from './problem.ts';

const BYTES_MAX = 1_048_576;
const PATTERNS_MAX = 10_000;

const role = z.enum(['basic', 'premium', 'admin']);
const Pattern = z.strictObject({
  /** The table's own name counts, as in the original. */
  name: z.string().optional(),
  pattern: z.string(),
  tool: z.string().min(1).max(64),
  description: z.string().max(1000).default(''),
  priority: z.number().int().min(0).max(1_000_000).default(0),
  required_role: role.optional(),
  enabled: z.boolean().default(true),
});
const KeywordsToml = z.strictObject({
  settings: z
    .strictObject({
      enable_keyword_detection: z.boolean().optional(),
      detection_threshold: z.number().min(0).max(1).optional(),
      default_role: role.optional(),
    })
    .default({}),
  patterns: z.record(z.string().regex(/^[a-z0-9][\w.-]{0,127}$/i, 'is not a name for a pattern'), Pattern).default({}),
});

/** What a `keywords.toml` says. */
export interface KeywordsFile {
  readonly settings: {
    readonly detection?: boolean;
    readonly detectionThreshold?: number;
    readonly defaultRole?: z.infer<typeof role>;
  };
  readonly patterns: readonly {
    readonly name: string;
    readonly pattern: string;
    readonly tool: string;
    readonly description: string;
    readonly priority: number;
    readonly requiredRole: z.infer<typeof role>;
    readonly enabled: boolean;
  }[];
}

/** Reads a `keywords.toml`, in the original's format. Throws a `ConfigError`. Whether its expressions are good is not looked at here. */
export function readKeywordsFile(file: string, folder: string): KeywordsFile {
  return keywordsIn(textOf(file, folder), file);
}

/** The same for a text that is already at hand. */
export function keywordsIn(text: string, file: string): KeywordsFile {
  const checked = KeywordsToml.safeParse(parsed(text, file));
  if (!checked.success) throw new ConfigError(checked.error.issues.flatMap((issue) => problems(issue, file)));
  const { settings, patterns } = checked.data;
  const { enable_keyword_detection: detection, detection_threshold: detectionThreshold } = settings;
  const defaultRole = settings.default_role;
  if (Object.keys(patterns).length > PATTERNS_MAX)
    throw new ConfigError([{ path: 'patterns', file, message: `holds more than ${PATTERNS_MAX} patterns` }]);
  return {
    settings: {
      ...(detection === undefined ? {} : { detection }),
      ...(detectionThreshold === undefined ? {} : { detectionThreshold }),
      ...(defaultRole === undefined ? {} : { defaultRole }),
    },
    patterns: Object.entries(patterns).map(([name, { required_role: own, ...pattern }]) => ({
      ...pattern,
      name,
      requiredRole: own ?? defaultRole ?? 'basic',
    })),
  };
}

function parsed(text: string, file: string): unknown {
  if (Buffer.byteLength(text) > BYTES_MAX)
    throw new ConfigError([{ path: '', file, message: `is longer than ${BYTES_MAX} bytes` }]);
  try {
    return plain(parse(text));
  } catch (thrown) {
    if (!(thrown instanceof TomlError)) throw thrown;
    const [message = 'is not TOML'] = thrown.message.replace('Invalid TOML document: ', '').split('\n');
    throw new ConfigError([{ path: '', file, line: thrown.line, column: thrown.column, message }]);
  }
}

/** The parser's objects have no prototype; copies are like everybody's. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function problems(issue: z.core.$ZodIssue, file: string): ConfigProblem[] {
  const at = issue.path.join('.');
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: `${at}.${key}`, file, message: `${at}.${key} is not known here` }));
  return [{ path: at, file, message: `${at}: ${issue.message}` }];
}

function textOf(file: string, folder: string): string {
  try {
    return readFileSync(resolve(folder, file), 'utf8');
  } catch (thrown) {
    const reason = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown reason';
    throw new ConfigError([{ path: 'keywords.file', file, message: `can’t be read (${reason})` }]);
  }
}

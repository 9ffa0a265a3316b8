/** A keyword pattern as the API says it. */
export interface WirePattern {
  readonly name: string;
  readonly pattern: string;
  readonly tool: string;
  readonly description: string;
  readonly priority: number;
  readonly required_role: string;
  readonly enabled: boolean;
}

/** Keyword settings as the API says them. */
export interface WireSettings {
  readonly enable_detection: boolean;
  readonly detection_threshold: number;
  readonly default_role: string;
}

/** Writes patterns and settings in the format of `keywords.toml`. */
export function keywordsToml(patterns: readonly WirePattern[], settings: WireSettings): string {
  const { enable_detection, detection_threshold, default_role } = settings;
  const tables = [
    table('settings', { enable_keyword_detection: enable_detection, detection_threshold, default_role }),
    ...patterns.map(({ name, ...fields }) => table(`patterns.${keyText(name)}`, fields)),
  ];
  return tables.join('\n');
}

function table(name: string, fields: Readonly<Record<string, string | number | boolean>>): string {
  const lines = Object.entries(fields).map(([field, value]) => {
    return `${field} = ${typeof value === 'string' ? text(value) : String(value)}\n`;
  });
  return `[${name}]\n${lines.join('')}`;
}

function keyText(name: string): string {
  return /^[\w-]+$/.test(name) ? name : text(name);
}

/** A JSON text is a TOML text, but for one character that TOML wants escaped. */
function text(value: string): string {
  return JSON.stringify(value).replaceAll('\u007f', '\\u007f');
}

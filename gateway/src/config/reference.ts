import { z } from 'zod';
import { environmentName } from './environment-names.ts';
import { KNOWN_NAMES, LIST_NAMES, UNSUPPORTED_NAMES } from './known-names.ts';
import { NEEDS_RESTART } from './needs-restart.ts';
import { type Schema, type Setting, settings, peel } from './settings.ts';

/** The reference page of all settings and environment names, as Markdown. */
export function settingsReference(): string {
  return [
    '# Settings',
    '',
    'Made from the schema; `npm run docs` writes it anew. Later sources win: defaults, the config file, the environment,',
    'the command line. A secret or an address may be written as it is, as `env:NAME` or as `file:/path`.',
    '',
    ...table(['Setting', 'Environment', 'Type', 'Default', 'Meaning'], settings().map(settingRow)),
    '',
    '¹ A change takes effect at the next start; everything else as soon as the file is saved.',
    '',
    '## Environment names',
    '',
    'Lists and mappings are JSON. Booleans take 1/0, true/false, yes/no and on/off. An empty value counts as not set.',
    '`SYNTHLANG_CONFIG` names the config file. Besides the names above, these are read; where both are set, the name',
    'above wins.',
    '',
    ...table(['Name', 'Setting', 'Meaning'], nameRows()),
    '',
    'These have a meaning elsewhere, but none here. The start says so when one is set.',
    '',
    ...table(
      ['Name', 'Consequence'],
      UNSUPPORTED_NAMES.map(({ name, consequence }) => [code(name), consequence]),
    ),
    '',
  ].join('\n');
}

function settingRow(setting: Setting): readonly string[] {
  const { name, path, core, fallback, required, description = '' } = setting;
  const mark = (NEEDS_RESTART as readonly string[]).includes(name) ? ' ¹' : '';
  const standard = fallback === undefined ? (required ? 'required' : '') : code(JSON.stringify(fallback));
  return [
    code(name) + mark,
    path === undefined ? '' : code(environmentName(path)),
    typeText(core, setting),
    standard,
    description,
  ];
}

function nameRows(): string[][] {
  return [
    ...KNOWN_NAMES.map(({ name, setting, description }) => [code(name), code(setting.join('.')), description]),
    ...LIST_NAMES.map(({ name, setting, description }) => [code(name), code(setting), description]),
  ];
}

/** What may be written there, in a few words. */
function typeText(schema: Schema, { secret = false }: { secret?: boolean } = {}): string {
  const { core, secret: ownSecret } = peel(schema);
  if (secret || ownSecret) return 'secret';
  if (core instanceof z.ZodNumber) return numberText(core);
  if (core instanceof z.ZodBoolean) return 'true or false';
  if (core instanceof z.ZodEnum) return core.options.map(String).map(code).join(', ');
  if (core instanceof z.ZodLiteral) return code(String(core.value));
  if (core instanceof z.ZodURL) return 'address';
  if (core instanceof z.ZodArray) return `list of ${typeText(core.element)}`;
  if (core instanceof z.ZodRecord) return `mapping of name to ${typeText(core.valueType)}`;
  if (core instanceof z.ZodObject || core instanceof z.ZodDiscriminatedUnion) return 'the parts below';
  return 'text';
}

function numberText({ minValue, maxValue, isInt }: z.ZodNumber): string {
  return `${isInt ? 'whole number' : 'number'}, ${minValue ?? '…'} to ${maxValue ?? '…'}`;
}

const code = (text: string): string => `\`${text}\``;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

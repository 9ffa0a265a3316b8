import { settingsReference } from '../../src/config/reference.ts';
import { ERROR_RULES } from '../../src/model/error-rules.ts';
import { providers } from '../../src/providers/index.ts';
import type { HttpProvider, Provider } from '../../src/providers/contract.ts';
import { commandHelp } from './commands-page.ts';
import { fidelityLines } from './fidelity/fidelity-page.ts';

/** The pages under `docs/reference/` that are made from the code, by path. `npm run docs` writes them. */
export async function referencePages(): Promise<Readonly<Record<string, string>>> {
  return {
    'docs/reference/commands.md': await commandsPage(),
    'docs/reference/errors.md': errorsPage(),
    'docs/reference/fidelity.md': page('Fidelity', fidelityLines()),
    'docs/reference/providers.md': providersPage(),
    'docs/reference/settings.md': settingsReference(),
  };
}

const MADE = '<!-- Made by `npm run docs`. Change the code, not this page. -->';

async function commandsPage(): Promise<string> {
  const sections = (await commandHelp()).flatMap(({ command, help }) => [`## ${command}`, '', '```', help, '```', '']);
  return page('Commands', [
    'The command is `synthlang`; in a checkout it is `node gateway/dist/main.js`. It ends with 0 when all is well, with 1 when',
    'something failed, with 2 when it was called wrongly, and with 130 after Ctrl-C. [How to use it](../operate/command-line.md)',
    'says more.',
    '',
    ...sections.slice(0, -1),
  ]);
}

function errorsPage(): string {
  const rows = Object.entries(ERROR_RULES).map(([code, { status, blame, retry, meaning }]) => [
    `\`${code}\``,
    String(status),
    blame,
    RETRY[retry],
    meaning,
  ]);
  return page('Errors', [
    'Every error says one of these codes in its `code` field, in the shape of the caller’s own API. Where a provider refused the',
    'request, its own status and message are passed on; the status here is for everything else.',
    '',
    table(['code', 'status', 'whose fault', 'what the gateway does', 'meaning'], rows),
  ]);
}

const RETRY = {
  never: 'says it to the caller',
  same: 'asks the same target again, then the next',
  other: 'asks the next target',
} as const;

function providersPage(): string {
  return page('Providers', [
    'A model is asked for as `provider/model`, or by a bare name that a provider knows. A provider is ready when its key is in',
    'the environment or in the config.',
    '',
    table(
      ['id', 'address', 'key', 'other address', 'speaks', 'bare names'],
      providers.map((provider) => (provider.kind === 'http' ? httpRow(provider) : localRow(provider))),
    ),
  ]);
}

function httpRow({
  id,
  docs,
  baseUrl,
  keyEnv,
  keyOptional,
  baseUrlEnv,
  chat,
  knows = [],
}: HttpProvider): readonly string[] {
  return [
    `[\`${id}\`](${docs})`,
    baseUrl === undefined ? 'yours' : `\`${baseUrl}\``,
    codes(keyEnv) + (keyOptional === true ? ' (optional)' : ''),
    codes(baseUrlEnv),
    codes([...new Set(chat.map(({ dialect }) => dialect.id))]),
    codes(knows.map(({ source }) => source)),
  ];
}

function localRow({ id, models }: Provider & { readonly kind: 'local' }): readonly string[] {
  return [
    `\`${id}\``,
    'built in',
    'none',
    '–',
    'every dialect',
    `only ${codes(models.map((model) => `${id}/${model}`))}`,
  ];
}

function page(title: string, lines: readonly string[]): string {
  return [`# ${title}`, '', MADE, '', ...lines, ''].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

function codes(names: readonly string[]): string {
  return names.length === 0 ? '–' : names.map((name) => `\`${name}\``).join(', ');
}

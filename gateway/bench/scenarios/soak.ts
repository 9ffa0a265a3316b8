import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { soakReport } from '../soak/soak-report.ts';
import { soak, type SoakSettings } from '../soak/soak-run.ts';
import { ours } from '../systems/ours.ts';
import type { Scenario } from './contract.ts';

const RESULTS = fileURLToPath(new URL('../results/', import.meta.url));
const OPTIONS = {
  minutes: { type: 'string', default: '10' },
  smoke: { type: 'boolean', default: false },
} as const;

/** Ten minutes at 70 % of what the gateway can do, while its providers have a bad day. */
export const soakScenario: Scenario = {
  id: 'soak',
  says: 'ten minutes of load while providers fail in every way: is anything lost or left over? [--minutes N --smoke]',
  run: async (args) => {
    const { values } = parseArgs({ args: [...args], options: OPTIONS });
    const missing = await ours.missing({ smoke: values.smoke });
    if (missing !== undefined) throw new Error(missing);
    const folder = mkdtempSync(join(tmpdir(), 'soak-bench-'));
    try {
      const settings = settingsOf(values.smoke, Number(values.minutes), folder);
      const { text, isGood } = soakReport(settings, await soak(settings));
      process.stdout.write(`${text}\n`);
      if (!values.smoke) keep(text);
      return isGood ? 0 : 1;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function settingsOf(isSmoke: boolean, minutes: number, folder: string): SoakSettings {
  const usual = { share: 0.7, chance: 0.01, folder };
  if (isSmoke) return { ...usual, seconds: 6, calibrateSeconds: 1, observeSeconds: 2 };
  return { ...usual, seconds: minutes * 60, calibrateSeconds: 10, observeSeconds: 30 };
}

function keep(text: string): void {
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(join(RESULTS, `soak-${new Date().toISOString().slice(0, 10)}.md`), `${text}\n`);
}

/** Nano-dollars in one dollar. All money of the gateway is whole nano-dollars. */
export const NANOUSD = 1_000_000_000;

/** Dollars as whole nano-dollars. */
export function nanousdOf(dollars: number): number {
  return Math.round(dollars * NANOUSD);
}

/** Nano-dollars as dollars, for wires that want a number. */
export function dollarsOf(nanousd: number): number {
  return nanousd / NANOUSD;
}

const DIGITS = 9;

/** Nano-dollars as dollars in plain digits, to the last one: `0.0000123`. */
export function dollarText(nanousd: number): string {
  const whole = Math.trunc(nanousd / NANOUSD);
  const rest = String(Math.abs(nanousd % NANOUSD))
    .padStart(DIGITS, '0')
    .replace(/0+$/, '');
  const sign = nanousd < 0 && whole === 0 ? '-' : '';
  return rest === '' ? String(whole) : `${sign}${whole}.${rest}`;
}

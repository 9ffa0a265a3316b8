import { GatewayError } from '../../model/error.ts';
import { Exact } from './units.ts';

type Amount = InstanceType<typeof Exact>;

/** Angles beyond this have lost their meaning, and cost much time to reduce. */
const ANGLE_MAX = 1_000_000;
const FACTORIAL_MAX = 170;
const DECIMALS_MAX = 40;

/** Refuses to calculate, in words for the caller. */
export function refused(message: string): GatewayError {
  return new GatewayError('tool.rejected', message, { param: 'parameters.expression' });
}

/** Numbers with a name. */
export const CONSTANTS: Readonly<Record<string, Amount>> = {
  pi: Exact.acos(-1),
  π: Exact.acos(-1),
  e: Exact.exp(1),
  tau: Exact.acos(-1).times(2),
};

interface NumberFunction {
  readonly arguments: readonly [least: number, most: number];
  readonly of: (...values: readonly Amount[]) => Amount;
}

const one = (of: (value: Amount) => Amount): NumberFunction => ({ arguments: [1, 1], of: of as NumberFunction['of'] });
const angle = (of: (value: Amount) => Amount): NumberFunction =>
  one((value) => {
    if (value.abs().gt(ANGLE_MAX)) throw refused(`Angles may be at most ${ANGLE_MAX}.`);
    return of(value);
  });
const some = (of: (values: readonly Amount[]) => Amount): NumberFunction => ({
  arguments: [1, 100],
  of: (...values) => of(values),
});
const total = (values: readonly Amount[]): Amount => values.reduce((sum, value) => sum.plus(value), new Exact(0));

const FUNCTIONS: ReadonlyMap<string, NumberFunction> = new Map(
  Object.entries({
    sqrt: one((value) => value.sqrt()),
    cbrt: one((value) => value.cbrt()),
    abs: one((value) => value.abs()),
    floor: one((value) => value.floor()),
    ceil: one((value) => value.ceil()),
    exp: one((value) => value.exp()),
    ln: one((value) => value.ln()),
    log: one((value) => value.log(10)),
    log10: one((value) => value.log(10)),
    log2: one((value) => value.log(2)),
    sin: angle((value) => value.sin()),
    cos: angle((value) => value.cos()),
    tan: angle((value) => value.tan()),
    asin: one((value) => value.asin()),
    acos: one((value) => value.acos()),
    atan: one((value) => value.atan()),
    factorial: one(factorial),
    min: some((values) => Exact.min(...values)),
    max: some((values) => Exact.max(...values)),
    sum: some(total),
    avg: some((values) => total(values).div(values.length)),
    mean: some((values) => total(values).div(values.length)),
    round: { arguments: [1, 2], of: rounded },
  } satisfies Record<string, NumberFunction>),
);

function rounded(...[value, decimals]: readonly Amount[]): Amount {
  if (!value) throw refused('round needs a number.');
  const places = decimals?.toNumber() ?? 0;
  if (!Number.isInteger(places) || places < 0 || places > DECIMALS_MAX)
    throw refused(`round takes 0 to ${DECIMALS_MAX} decimals.`);
  return value.toDecimalPlaces(places);
}

/** `n!` */
export function factorial(value: Amount): Amount {
  if (!value.isInteger() || value.isNegative() || value.gt(FACTORIAL_MAX))
    throw refused(`A factorial takes a whole number from 0 to ${FACTORIAL_MAX}.`);
  let product = new Exact(1);
  for (let factor = value.toNumber(); factor > 1; factor -= 1) product = product.times(factor);
  return product;
}

/** Whether this names a function. */
export function isFunction(name: string): boolean {
  return FUNCTIONS.has(name.toLowerCase());
}

/** Calls a function by its name. */
export function called(name: string, values: readonly Amount[]): Amount {
  const known = FUNCTIONS.get(name.toLowerCase());
  if (!known) throw refused(`"${name}" is not a function here.`);
  const [least, most] = known.arguments;
  if (values.length < least || values.length > most)
    throw refused(`${name} takes ${least === most ? least : `${least} to ${most}`} numbers.`);
  return known.of(...values);
}

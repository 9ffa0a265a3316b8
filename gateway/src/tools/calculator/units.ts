import { Decimal } from 'decimal.js';

/** Digits that calculations carry; what is shown has fewer. */
export const Exact = Decimal.clone({ precision: 50, maxE: 1000, minE: -1000, toExpPos: 41, toExpNeg: -20 });

/** What something is measured in. An amount in it is `amount × factor + offset` in the first unit of its dimension. */
export interface Unit {
  readonly symbol: string;
  readonly dimension: string;
  readonly factor: Decimal;
  readonly offset: Decimal;
}

/** `symbol other-names factor`, the factor as a number or a fraction. */
const TABLE: Readonly<Record<string, readonly string[]>> = {
  length: [
    'm meter,meters,metre,metres 1',
    'km kilometer,kilometers,kilometre,kilometres 1000',
    'cm centimeter,centimeters,centimetre,centimetres 0.01',
    'mm millimeter,millimeters,millimetre,millimetres 0.001',
    'mi mile,miles 1609.344',
    'yd yard,yards 0.9144',
    'ft foot,feet 0.3048',
    'in inch,inches 0.0254',
    'nmi nmi 1852',
  ],
  mass: [
    'kg kilogram,kilograms,kilo,kilos 1',
    'g gram,grams 0.001',
    'mg milligram,milligrams 0.000001',
    't tonne,tonnes 1000',
    'lb lbs,pound,pounds 0.45359237',
    'oz ounce,ounces 0.028349523125',
    'st stone 6.35029318',
  ],
  volume: [
    'l L,liter,liters,litre,litres 1',
    'ml mL,milliliter,milliliters,millilitre,millilitres 0.001',
    'gal gallon,gallons 3.785411784',
    'qt quart,quarts 0.946352946',
    'pt pint,pints 0.473176473',
    'cup cups 0.2365882365',
    'floz floz 0.0295735295625',
    'tbsp tablespoon,tablespoons 0.01478676478125',
    'tsp teaspoon,teaspoons 0.00492892159375',
  ],
  area: ['m2 sqm 1', 'km2 sqkm 1000000', 'ha hectare,hectares 10000', 'acre acres 4046.8564224', 'ft2 sqft 0.09290304'],
  time: [
    's sec,second,seconds 1',
    'ms millisecond,milliseconds 0.001',
    'min minute,minutes 60',
    'h hr,hrs,hour,hours 3600',
    'd day,days 86400',
    'week weeks 604800',
  ],
  speed: ['m/s mps 1', 'km/h kmh,kph 5/18', 'mph mph 0.44704', 'kn knot,knots 463/900'],
  'amount of data': [
    'B byte,bytes 1',
    'kB KB,kilobyte,kilobytes 1000',
    'MB megabyte,megabytes 1000000',
    'GB gigabyte,gigabytes 1000000000',
    'TB terabyte,terabytes 1000000000000',
    'KiB kibibyte,kibibytes 1024',
    'MiB mebibyte,mebibytes 1048576',
    'GiB gibibyte,gibibytes 1073741824',
  ],
};

const UNITS: ReadonlyMap<string, Unit> = new Map([
  ...Object.entries(TABLE).flatMap(([dimension, rows]) => rows.flatMap((row) => named(dimension, row))),
  ...temperature('°C', ['C', 'celsius'], '1', '273.15'),
  ...temperature('°F', ['F', 'fahrenheit'], '5/9', '459.67'),
  ...temperature('K', ['kelvin'], '1', '0'),
]);

function named(dimension: string, row: string): [string, Unit][] {
  const [symbol = '', others = '', factor = '1'] = row.split(' ');
  const unit: Unit = { symbol, dimension, factor: fraction(factor), offset: new Exact(0) };
  return [symbol, ...others.split(',')].map((name) => [name, unit]);
}

/** The offset of a scale of temperature is in its own degrees. */
function temperature(symbol: string, others: readonly string[], factor: string, offset: string): [string, Unit][] {
  const per = fraction(factor);
  const unit: Unit = { symbol, dimension: 'temperature', factor: per, offset: per.times(offset) };
  return [symbol, ...others].map((name) => [name, unit]);
}

function fraction(text: string): Decimal {
  const [over = '1', under = '1'] = text.split('/');
  return new Exact(over).div(under);
}

/** Finds a unit by any of its names; long names in any case. */
export function unitNamed(name: string): Unit | undefined {
  return UNITS.get(name) ?? (name.length > 3 ? UNITS.get(name.toLowerCase()) : undefined);
}

/** A number, with the unit it is measured in, or marked as a percentage. */
export interface Quantity {
  /** In the first unit of its dimension; a percentage as its share of 1. */
  readonly amount: Decimal;
  readonly unit?: Unit;
  readonly isPercent?: boolean;
}

/** So much of a unit. */
export function measured(amount: Decimal, unit: Unit): Quantity {
  return { amount: amount.times(unit.factor).plus(unit.offset), unit };
}

/** A quantity in its own unit. */
export function amountShown({ amount, unit }: Quantity): Decimal {
  return unit ? amount.minus(unit.offset).div(unit.factor) : amount;
}

/** Most digits that are shown as they are. With more of them it isn't the exact result any more. */
const DIGITS_EXACT_MAX = 40;
const DIGITS_ROUNDED = 15;

/** A number as people write it: all its digits where it is exact, else 15. */
export function numberText(amount: Decimal): string {
  return (amount.precision() <= DIGITS_EXACT_MAX ? amount : amount.toSignificantDigits(DIGITS_ROUNDED)).toString();
}

/** A quantity as people write it. */
export function quantityText(quantity: Quantity): string {
  const { unit, isPercent, amount } = quantity;
  if (isPercent) return `${numberText(amount.times(100))}%`;
  return unit ? `${numberText(amountShown(quantity))} ${unit.symbol}` : numberText(amount);
}

import { called, CONSTANTS, factorial, isFunction, refused } from './functions.ts';
import { type Token, tokensOf } from './tokens.ts';
import { amountShown, Exact, measured, type Quantity, quantityText, type Unit, unitNamed } from './units.ts';

/** Limits of one expression. */
const TOKENS_MAX = 200;
const DEPTH_MAX = 40;
const STEPS_MAX = 50;

/** What came out, and how. */
export interface Calculation {
  readonly quantity: Quantity;
  /** One line for each operation, in the order they were done. */
  readonly steps: readonly string[];
}

/** How tightly an operator binds. */
const BINDING = { convert: 5, sum: 10, product: 20, beside: 25, sign: 30, root: 35, power: 40 } as const;
const CONVERTING = new Set(['to', 'in', 'as', 'into']);
const ENDING = new Set([')', ',']);
const NONE: Token = { kind: 'sign', text: '' };

/** Calculates an expression as people write one. Throws `tool.rejected`, saying what it doesn't understand. */
export function evaluate(expression: string): Calculation {
  const tokens = tokensOf(expression);
  if (!tokens || tokens.length === 0) throw refused('The calculator can’t read this. Write it like 15% of 85.50 + 25.');
  if (tokens.length > TOKENS_MAX) throw refused(`The expression has more than ${TOKENS_MAX} numbers, names and signs.`);
  const evaluation = new Evaluation(tokens);
  return { quantity: evaluation.whole(), steps: evaluation.steps };
}

/** Reads and calculates in one pass: each operator waits for a right side that binds tighter than itself. */
class Evaluation {
  readonly steps: string[] = [];
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Quantity {
    const quantity = this.#expression(0);
    if (this.#at < this.#tokens.length)
      throw refused(`The calculator doesn’t understand "${this.#peek().text}" there.`);
    return quantity;
  }

  #expression(least: number): Quantity {
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) throw refused(`The expression is nested deeper than ${DEPTH_MAX}.`);
    let left = this.#behind(this.#first());
    for (;;) {
      const next = this.#operation(left, least);
      if (!next) break;
      left = next;
    }
    this.#depth -= 1;
    return left;
  }

  /** A number, a name, a bracket, or a sign in front of one. */
  #first(): Quantity {
    const token = this.#take();
    if (token.kind === 'number') return { amount: new Exact(token.text) };
    if (token.kind === 'name') return this.#named(token.text);
    if (token.text === '(') return this.#bracket();
    if (token.text === '+') return this.#expression(BINDING.sign);
    if (token.text === '-') return this.#negative(this.#expression(BINDING.sign));
    if (token.text === '√') return this.#call('sqrt', [this.#expression(BINDING.root)]);
    throw refused(token.text === '' ? 'The expression ends too early.' : `A number is missing before "${token.text}".`);
  }

  #named(name: string): Quantity {
    if (isFunction(name) && this.#peek().text === '(') return this.#call(name, this.#arguments());
    const constant = Object.hasOwn(CONSTANTS, name.toLowerCase()) ? CONSTANTS[name.toLowerCase()] : undefined;
    if (constant) return { amount: constant };
    if (isFunction(name)) return this.#call(name, [this.#expression(BINDING.root)]);
    throw refused(`The calculator doesn’t know "${name}".`);
  }

  #bracket(): Quantity {
    const inside = this.#expression(0);
    if (this.#take().text !== ')') throw refused('A closing bracket is missing.');
    return inside;
  }

  #arguments(): Quantity[] {
    this.#take();
    const values: Quantity[] = [this.#expression(0)];
    while (this.#peek().text === ',') {
      this.#take();
      values.push(this.#expression(0));
    }
    if (this.#take().text !== ')') throw refused('A closing bracket is missing.');
    return values;
  }

  #call(name: string, values: readonly Quantity[]): Quantity {
    const amounts = values.map((value) => this.#plain(value));
    const shown = values.map(quantityText).join(', ');
    return this.#did(`${name.toLowerCase()}(${shown})`, { amount: called(name, amounts) });
  }

  /** What stands behind a value: a unit, a percent sign, a factorial. */
  #behind(value: Quantity): Quantity {
    let left = value;
    for (;;) {
      const { kind, text } = this.#peek();
      if (kind === 'name' && !left.unit && !left.isPercent && this.#isUnitHere(text)) {
        this.#take();
        left = measured(left.amount, unitNamed(text) as Unit);
      } else if (text === '!') {
        this.#take();
        left = this.#did(`${quantityText(left)}!`, { amount: factorial(this.#plain(left)) });
      } else if (text === '%' && !this.#startsValue(this.#peek(1))) {
        this.#take();
        left = { amount: this.#plain(left).div(100), isPercent: true };
      } else return left;
    }
  }

  /** `in` is an inch, unless a unit to convert to follows it. */
  #isUnitHere(name: string): boolean {
    if (!unitNamed(name) || (isFunction(name) && this.#peek(1).text === '(')) return false;
    return !(CONVERTING.has(name) && unitNamed(this.#peek(1).text) && !CONVERTING.has(this.#peek(1).text));
  }

  #operation(left: Quantity, least: number): Quantity | undefined {
    const { kind, text } = this.#peek();
    if (text === '' || ENDING.has(text)) return undefined;
    if (kind === 'name' && CONVERTING.has(text) && least <= BINDING.convert) return this.#converted(left);
    if ((text === '+' || text === '-') && least < BINDING.sum) return this.#sum(left, text);
    if (['*', '/', 'of', 'mod', '%'].includes(text) && least < BINDING.product) return this.#product(left, text);
    if (text === '^' && least <= BINDING.power) return this.#power(left);
    if (this.#startsValue(this.#peek()) && text !== 'of' && least < BINDING.beside) {
      if (kind === 'number') throw refused(`An operator is missing before ${text}.`);
      return this.#times(left, this.#expression(BINDING.beside), '*');
    }
    return undefined;
  }

  #converted(left: Quantity): Quantity {
    this.#take();
    const name = this.#take().text;
    const unit = unitNamed(name);
    if (!unit) throw refused(`The calculator doesn’t know the unit "${name}".`);
    if (left.unit?.dimension !== unit.dimension)
      throw refused(`${quantityText(left)} can’t be converted to ${unit.symbol}.`);
    return this.#did(quantityText(left), { amount: left.amount, unit });
  }

  #sum(left: Quantity, sign: '+' | '-'): Quantity {
    this.#take();
    const right = this.#expression(BINDING.sum);
    // On a pocket calculator 200 + 10% is 220.
    const isShare = right.isPercent === true && left.isPercent !== true;
    if (!isShare && left.unit?.dimension !== right.unit?.dimension)
      throw refused(`${quantityText(left)} and ${quantityText(right)} don’t go together.`);
    if (left.unit?.dimension === 'temperature') throw refused('Temperatures can’t be added; convert them one by one.');
    const added = isShare ? left.amount.times(right.amount) : right.amount;
    const amount = sign === '+' ? left.amount.plus(added) : left.amount.minus(added);
    return this.#did(`${quantityText(left)} ${sign} ${quantityText(right)}`, { ...left, amount });
  }

  #product(left: Quantity, sign: string): Quantity {
    this.#take();
    const right = this.#expression(BINDING.product);
    if (sign === '*' || sign === 'of') return this.#times(left, right, sign);
    if (right.amount.isZero()) throw refused('The calculator can’t divide by zero.');
    const shown = `${quantityText(left)} ${sign === '%' ? 'mod' : sign} ${quantityText(right)}`;
    if (sign !== '/') return this.#did(shown, { amount: this.#plain(left).mod(this.#plain(right)) });
    if (right.unit && left.unit?.dimension !== right.unit.dimension) throw refused(`${shown} has no unit known here.`);
    const unit = right.unit ? undefined : left.unit;
    if (left.unit?.dimension === 'temperature') throw refused('Temperatures can’t be divided.');
    return this.#did(shown, { amount: left.amount.div(right.amount), ...(unit ? { unit } : {}) });
  }

  #times(left: Quantity, right: Quantity, sign: string): Quantity {
    const shown = `${quantityText(left)} ${sign} ${quantityText(right)}`;
    const unit = left.unit ?? right.unit;
    if (left.unit && right.unit) throw refused(`${shown} has no unit known here.`);
    if (unit?.dimension === 'temperature') throw refused('Temperatures can’t be multiplied.');
    return this.#did(shown, { amount: left.amount.times(right.amount), ...(unit ? { unit } : {}) });
  }

  #power(left: Quantity): Quantity {
    this.#take();
    const right = this.#expression(BINDING.power);
    const amount = this.#plain(left).pow(this.#plain(right));
    return this.#did(`${quantityText(left)} ^ ${quantityText(right)}`, { amount });
  }

  #negative(value: Quantity): Quantity {
    return value.unit ? measured(amountShown(value).neg(), value.unit) : { ...value, amount: value.amount.neg() };
  }

  #plain({ amount, unit }: Quantity): Quantity['amount'] {
    if (unit) throw refused(`A plain number is needed here, not one in ${unit.symbol}.`);
    return amount;
  }

  #did(shown: string, quantity: Quantity): Quantity {
    if (quantity.amount.isNaN()) throw refused(`${shown} has no value.`);
    if (!quantity.amount.isFinite()) throw refused(`${shown} is too large.`);
    if (this.steps.length < STEPS_MAX) this.steps.push(`${shown} = ${quantityText(quantity)}`);
    return quantity;
  }

  #startsValue({ kind, text }: Token): boolean {
    if (kind === 'number') return true;
    if (kind === 'sign') return text === '(' || text === '√';
    return isFunction(text) || Object.hasOwn(CONSTANTS, text.toLowerCase());
  }

  #peek(ahead = 0): Token {
    return this.#tokens[this.#at + ahead] ?? NONE;
  }

  #take(): Token {
    const token = this.#peek();
    this.#at += 1;
    return token;
  }
}

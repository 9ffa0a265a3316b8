/** A question, and what it asks: two questions ask the same exactly when these are equal. */
export interface Asking {
  readonly text: string;
  readonly asks: string;
}

/** What differs between the two, where they don't ask the same. */
export type Difference = 'number' | 'negation' | 'name' | 'unit' | 'order' | 'word' | 'extra' | 'tense' | 'case';

/** A question that was answered, and another that looks like it. */
export interface Pair {
  readonly kept: Asking;
  readonly asked: Asking;
  /** Absent where both ask the same in other words. */
  readonly difference?: Difference;
}

const NAMES = [
  'Paris',
  'London',
  'Rome',
  'Madrid',
  'Oslo',
  'Berlin',
  'Vienna',
  'Dublin',
  'Turkey',
  'US',
  'Ada',
  'Grace',
  'Apple',
  'Beats',
];
const UNITS = [
  'miles',
  'kilometers',
  'meters',
  'pounds',
  'kilograms',
  'grams',
  'liters',
  'gallons',
  'hours',
  'minutes',
  'dollars',
  'euros',
];
const NUMBERS = ['2', '3', '10', '25', '100', '1.5', '15', '1,000', '-5', 'seven', 'eleven'];
const THINGS = [
  'ticket',
  'invoice',
  'printer',
  'password',
  'login',
  'contract',
  'server',
  'recipe',
  'battery',
  'passport',
];
const VERBS = [
  ['enable', 'disable'],
  ['add', 'remove'],
  ['open', 'close'],
  ['increase', 'decrease'],
  ['buy', 'sell'],
  ['start', 'stop'],
  ['import', 'export'],
  ['lock', 'unlock'],
  ['send', 'receive'],
  ['encrypt', 'decrypt'],
] as const;
const EXTRAS = [
  'at night',
  'in winter',
  'for children',
  'without a key',
  'on a phone',
  'in the office',
  'at high altitude',
  'by hand',
];

type Pick = <T>(values: readonly T[]) => T;

/** Draws numbers from a seed, the same ones each time. */
function picker(seed: number): Pick {
  let state = seed;
  return (values) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return values[Math.floor((state / 4_294_967_296) * values.length)] as (typeof values)[number];
  };
}

function otherThan<T>(pick: Pick, values: readonly T[], one: T): T {
  return pick(values.filter((value) => value !== one));
}

const of = (text: string): Asking => ({ text, asks: text });
const differing = (difference: Difference, kept: string, asked: string): Pair => ({
  kept: of(kept),
  asked: of(asked),
  difference,
});

const MAKERS: readonly ((pick: Pick) => Pair)[] = [
  (pick) => {
    const [unit, one] = [pick(UNITS), pick(NUMBERS)];
    const frame = pick([
      'How long does it take to go',
      'What is the price of',
      'How many boxes hold',
      'What is left of',
    ]);
    const say = (number: string) => `${frame} ${number} ${unit}?`;
    return differing('number', say(one), say(otherThan(pick, NUMBERS, one)));
  },
  (pick) => {
    const [number, one, name] = [pick(NUMBERS), pick(UNITS), pick(NAMES)];
    const say = (unit: string) => `How much is ${number} ${unit} in ${name}?`;
    return differing('unit', say(one), say(otherThan(pick, UNITS, one)));
  },
  (pick) => {
    const one = pick(NAMES);
    const frame = pick([
      'What is the capital city near',
      'Who is the mayor of',
      'What can I eat in',
      'Tell me the history of',
    ]);
    const mark = frame.startsWith('Tell') ? '.' : '?';
    const say = (name: string) => `${frame} ${name}${mark}`;
    return differing('name', say(one), say(otherThan(pick, NAMES, one)));
  },
  (pick) => {
    const [thing, name] = [pick(THINGS), pick(NAMES)];
    const [plain, negated] = pick([
      [`Should I keep the ${thing} in ${name}?`, `Should I not keep the ${thing} in ${name}?`],
      [`Why does the ${thing} work in ${name}?`, `Why doesn't the ${thing} work in ${name}?`],
      [`Which ${thing} can I take to ${name}?`, `Which ${thing} can't I take to ${name}?`],
      [`Is the ${thing} valid in ${name}?`, `Is the ${thing} never valid in ${name}?`],
      [`Can I travel to ${name} with a ${thing}?`, `Can I travel to ${name} without a ${thing}?`],
    ] as const);
    return pick([true, false]) ? differing('negation', plain, negated) : differing('negation', negated, plain);
  },
  (pick) => {
    const [one, other] = pick(VERBS);
    const [thing, name] = [pick(THINGS), pick(NAMES)];
    const frame = pick(['How do I', 'Explain how to', 'Where can I', 'When should I']);
    const mark = frame.startsWith('Explain') ? '' : '?';
    return differing(
      'word',
      `${frame} ${one} the ${thing} of ${name}${mark}`,
      `${frame} ${other} the ${thing} of ${name}${mark}`,
    );
  },
  (pick) => {
    const one = pick(NAMES);
    const other = otherThan(pick, NAMES, one);
    const say = pick([
      (a: string, b: string) => `Did ${a} buy ${b}?`,
      (a: string, b: string) => `How do I get from ${a} to ${b}?`,
      (a: string, b: string) => `Is ${a} larger than ${b}?`,
      (a: string, b: string) => `When did ${a} beat ${b}?`,
    ]);
    return differing('order', say(one, other), say(other, one));
  },
  (pick) => {
    const question = `How do I repair the ${pick(THINGS)} of ${pick(NAMES)}`;
    return differing('extra', `${question}?`, `${question} ${pick(EXTRAS)}?`);
  },
  (pick) => {
    const [name, thing] = [pick(NAMES), pick(THINGS)];
    const [now, then] = pick([
      ['is', 'was'],
      ['has', 'had'],
      ['can', 'could'],
      ['will', 'did'],
    ] as const);
    return now === 'is'
      ? differing(
          'tense',
          `Who is the owner of the ${thing} in ${name}?`,
          `Who ${then} the owner of the ${thing} in ${name}?`,
        )
      : differing('tense', `Who ${now} use the ${thing} in ${name}?`, `Who ${then} use the ${thing} in ${name}?`);
  },
  (pick) => {
    const name = pick(['Turkey', 'Polish', 'US', 'March', 'Apple', 'Python', 'China']);
    const say = (word: string) => `What should I know about ${word} ${pick(['prices'])}?`;
    return differing('case', say(name), say(name.toLowerCase()));
  },
];

/** So many pairs that look alike and ask different things. */
export function nearMisses(count: number, seed: number): readonly Pair[] {
  const pick = picker(seed);
  return Array.from({ length: count }, (_, at) => (MAKERS[at % MAKERS.length] as (typeof MAKERS)[number])(pick));
}

const SAYINGS: readonly ((subject: string) => readonly [string, string])[] = [
  (subject) => [`What is the ${subject}?`, `Tell me the ${subject}.`],
  (subject) => [`What is the ${subject}?`, `Could you please tell me what the ${subject} is?`],
  (subject) => [`What is the ${subject}?`, `what's the ${subject}`],
  (subject) => [`How do I find the ${subject}?`, `How can I find the ${subject}?`],
  (subject) => [`How do I find the ${subject}?`, `how to find the ${subject}`],
  (subject) => [`Where can I read about the ${subject}?`, `Do you know where I can read about the ${subject}?`],
  (subject) => [`Why don't people know the ${subject}?`, `Why do people not know the ${subject}?`],
  (subject) => [`Explain the ${subject}`, `Please explain the ${subject} to me.`],
  (subject) => [`What is the ${subject}?`, `I'd like to understand the ${subject}.`],
  (subject) => [`How do I find the ${subject}?`, `What's the best way to find the ${subject}?`],
];

/** So many pairs that ask the same in other words. */
export function paraphrases(count: number, seed: number): readonly Pair[] {
  const pick = picker(seed);
  return Array.from({ length: count }, (_, at) => {
    const subject = `${pick(THINGS)} ${pick(['price', 'number', 'size', 'owner', 'rule'])} of ${pick(NAMES)} for ${pick(NUMBERS)} ${pick(UNITS)}`;
    const [kept, asked] = (SAYINGS[at % SAYINGS.length] as (typeof SAYINGS)[number])(subject);
    const asks = `${at % SAYINGS.length} ${subject}`;
    return { kept: { text: kept, asks }, asked: { text: asked, asks } };
  });
}

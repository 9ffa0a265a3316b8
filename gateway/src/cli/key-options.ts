import { type Command, InvalidArgumentError, Option } from 'commander';
import { defined, jsonObject, names, ROLES, wholeNumber } from './option-values.ts';

const NONE = 'none';
/** `none` takes a limit away. It is only made `null` in the end, since commander would not keep that. */
type OrNone<T> = T | typeof NONE;

/** What may be said about a key. */
export interface KeyFieldOptions {
  readonly keyAlias?: OrNone<string>;
  readonly userId?: OrNone<string>;
  readonly role?: string;
  readonly models?: readonly string[];
  readonly maxBudget?: OrNone<number>;
  readonly budgetDuration?: OrNone<string>;
  readonly rpmLimit?: OrNone<number>;
  readonly rateLimit?: OrNone<number>;
  readonly tpmLimit?: OrNone<number>;
  readonly maxParallelRequests?: OrNone<number>;
  readonly duration?: OrNone<string>;
  readonly metadata?: object;
}

/** Adds an option for each field of a key. */
export function addKeyFields(command: Command): Command {
  return command
    .option('-a, --key-alias <name>', 'a name to know it by')
    .option('-u, --user-id <id>', 'whose key it is')
    .addOption(new Option('-o, --role <role>', 'what its holder may do').choices(ROLES))
    .option('-m, --models <names>', 'the models it may ask for, with commas; none allows all', models)
    .option('--max-budget <dollars>', 'what it may spend', orNone(dollars))
    .option('--budget-duration <time>', 'after which time the budget is whole again: 24h, 30d')
    .option('-r, --rpm-limit <count>', 'requests a minute', orNone(wholeNumber))
    .addOption(
      new Option('--rate-limit <count>', 'the same, in the original’s word')
        .argParser(orNone(wholeNumber))
        .conflicts('rpmLimit'),
    )
    .option('--tpm-limit <count>', 'tokens a minute', orNone(wholeNumber))
    .option('--max-parallel-requests <count>', 'requests at the same time', orNone(wholeNumber))
    .option('--duration <time>', 'how long from now it is good: 30m, 24h, 30d')
    .option('--metadata <json>', 'whatever you want to know about it, as a JSON object', jsonObject);
}

/** The fields of a request that these options say. */
export function keyFieldsOf(options: KeyFieldOptions): Readonly<Record<string, unknown>> {
  const said = defined({
    key_alias: options.keyAlias,
    user_id: options.userId,
    role: options.role,
    models: options.models,
    max_budget: options.maxBudget,
    budget_duration: options.budgetDuration,
    rpm_limit: options.rpmLimit ?? options.rateLimit,
    tpm_limit: options.tpmLimit,
    max_parallel_requests: options.maxParallelRequests,
    duration: options.duration,
    metadata: options.metadata,
  });
  return Object.fromEntries(Object.entries(said).map(([name, value]) => [name, value === NONE ? null : value]));
}

function orNone<T>(read: (text: string) => T): (text: string) => OrNone<T> {
  return (text) => (text === NONE ? NONE : read(text));
}

function models(text: string): readonly string[] {
  return text === NONE ? [] : names(text);
}

function dollars(text: string): number {
  if (!/^\d{1,9}(\.\d{1,9})?$/.test(text)) throw new InvalidArgumentError('It must be a number of dollars, like 2.50.');
  return Number(text);
}

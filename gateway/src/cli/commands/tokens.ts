import type { Command } from 'commander';
import { tokenCounter } from '../../tokens/count.ts';
import { cancellable, printJson, withExamples } from '../gateway-command.ts';
import { columns } from '../plain-text.ts';
import { textArgument } from '../text-argument.ts';
import type { World } from '../world.ts';

interface TokensOptions {
  readonly model: readonly string[];
  readonly json?: boolean;
}

/** One for each tokenizer. */
const USUAL_MODELS = ['gpt-4o', 'gpt-4', 'claude-sonnet-4'];

/** `synthlang tokens`: how long a text is for a model. */
export function addTokens(program: Command, world: World): void {
  const tokens = program
    .command('tokens')
    .description('Count the tokens of a text, without a gateway. It is said whether a count is exact or an estimate.')
    .argument('<text>', 'the text; - reads standard input, without its last line end')
    .option('-m, --model <name...>', 'for which models', USUAL_MODELS)
    .option('--json', 'print JSON')
    .action((given: string, options: TokensOptions) =>
      cancellable(world, async (signal) => printCounts(await textArgument(given, world, signal), options, world)),
    );
  withExamples(tokens, 'tokens "How long is this?"', 'tokens - --model gpt-4o gpt-4 --json < prompt.txt');
}

async function printCounts(text: string, { model: models, json }: TokensOptions, world: World): Promise<void> {
  const counts = [];
  for (const model of models) {
    const { count, isExact, tokenizer } = await tokenCounter(model);
    counts.push({ model, tokens: count(text), exact: isExact, tokenizer });
  }
  if (json === true) return printJson(world, { characters: text.length, counts });
  const rows = counts.map(({ model, tokens, exact, tokenizer }) => [
    model,
    String(tokens),
    exact ? `exact (${tokenizer})` : `estimate (${tokenizer})`,
  ]);
  world.io.stdout(columns(rows));
}

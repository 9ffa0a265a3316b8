import type { Command } from 'commander';
import type { GatewayClient } from '../gateway-client.ts';
import { atGateway, gatewayCommand, type GatewayOptions, printJson } from '../gateway-command.ts';
import { number, positiveNumber } from '../option-values.ts';
import { shownText } from '../plain-text.ts';
import { textArgument } from '../text-argument.ts';
import type { World } from '../world.ts';

interface ChatOptions extends GatewayOptions {
  readonly model?: string;
  readonly system?: string;
  readonly temperature?: number;
  readonly maxTokens?: number;
  readonly stream: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

const PATH = '/v1/chat/completions';
const USUAL_MODEL = 'gpt-4o-mini';

/** `synthlang chat`: asks a model through the gateway and prints the answer as it comes. */
export function addChat(program: Command, world: World): void {
  const chat = program
    .command('chat')
    .description('Ask a model; the answer is printed as it comes.')
    .argument('<prompt>', 'what to say; - reads it from standard input')
    .option('-m, --model <name>', `the model to ask (default: SYNTHLANG_DEFAULT_MODEL, ${USUAL_MODEL})`)
    .option('-s, --system <text>', 'instructions for the model')
    .option('-t, --temperature <number>', 'from 0 to 2; the model’s own unless given', number)
    .option('--max-tokens <count>', 'longest answer, in tokens', positiveNumber)
    .option('--no-stream', 'print the answer when it is complete')
    .action((prompt: string, options: ChatOptions) =>
      atGateway(world, options, async (client, signal) => {
        const body = request(await textArgument(prompt, world, signal), options, world);
        if (options.json === true) printJson(world, await client.send('POST', PATH, body));
        else if (options.stream) await printStream(client, body, world);
        else printWhole(await client.send('POST', PATH, body), world);
      }),
    );
  gatewayCommand(
    chat,
    'chat "What is a gateway?"',
    'chat --model synthlang/echo --system "Be brief." Hello',
    'chat --json --max-tokens 50 - < question.txt',
  );
}

function request(prompt: string, options: ChatOptions, { io }: World): object {
  const { system, temperature, maxTokens } = options;
  return {
    model: options.model ?? io.env()['SYNTHLANG_DEFAULT_MODEL'] ?? USUAL_MODEL,
    messages: [
      ...(system === undefined ? [] : [{ role: 'system', content: system }]),
      { role: 'user', content: prompt },
    ],
    ...(temperature === undefined ? {} : { temperature }),
    ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
  };
}

async function printStream(client: GatewayClient, body: object, world: World): Promise<void> {
  let last = '';
  try {
    for await (const chunk of client.stream(PATH, { ...body, stream: true })) {
      const text = textOf(chunk, 'delta');
      print(text, world);
      last = text || last;
    }
  } catch (thrown) {
    // What went wrong is said in a line of its own.
    if (last !== '') finish(last, world);
    throw thrown;
  }
  finish(last, world);
}

function printWhole(completion: Fields, world: World): void {
  const text = textOf(completion, 'message');
  print(text, world);
  finish(text, world);
}

function print(text: string, { io, isTerminal }: World): void {
  io.stdout(isTerminal ? shownText(text) : text);
}

function finish(last: string, { io }: World): void {
  if (last === '') io.stderr('The answer has no text; --json shows all of it.\n');
  else if (!last.endsWith('\n')) io.stdout('\n');
}

function textOf({ choices }: Fields, part: 'delta' | 'message'): string {
  const [choice] = Array.isArray(choices) ? (choices as (Fields | undefined)[]) : [];
  const content = (choice?.[part] as Fields | undefined)?.['content'];
  return typeof content === 'string' ? content : '';
}

import type { Command } from 'commander';
import { atGateway, gatewayCommand, type GatewayOptions, printJson } from '../gateway-command.ts';
import { columns, fieldRows } from '../plain-text.ts';
import type { World } from '../world.ts';

/** `synthlang models`: what may be asked for with this key. */
export function addModels(program: Command, world: World): void {
  const models = program.command('models').description('See the models that the gateway has for you.');
  const list = models
    .command('list', { isDefault: true })
    .description('List the names that may be asked for.')
    .action((options: GatewayOptions) =>
      atGateway(world, options, async (client) => {
        const answer = await client.get('/v1/models');
        if (options.json === true) return printJson(world, answer);
        const { data = [] } = answer as { data?: readonly ListedCard[] };
        world.io.stdout(columns([HEADINGS, ...data.map(rowOf)]));
      }),
    );
  const show = models
    .command('show')
    .description('Show one model.')
    .argument('<name>', 'the model')
    .action((name: string, options: GatewayOptions) =>
      atGateway(world, options, async (client) => {
        const answer = await client.get(`/v1/models/${encodeURIComponent(name)}`);
        if (options.json === true) printJson(world, answer);
        else world.io.stdout(fieldRows(answer));
      }),
    );
  gatewayCommand(list, 'models', 'models list --json');
  gatewayCommand(show, 'models show synthlang/echo');
}

/** A model as the gateway lists it; what nobody knows is missing. */
interface ListedCard {
  readonly id: string;
  readonly owned_by: string;
  readonly context_length?: number;
  readonly modalities?: { readonly input: readonly string[]; readonly output: readonly string[] };
  readonly pricing?: Pricing;
}

interface Pricing {
  readonly input?: number;
  readonly output?: number;
  readonly tiers?: readonly unknown[];
  /** Prices of pictures by their size and quality. */
  readonly per_image_of?: Readonly<Record<string, number>>;
}

/** Prices are dollars per million tokens, and for one of what isn't tokens. */
const HEADINGS = ['model', 'provider', 'context', 'takes', 'gives', '$/M in', '$/M out', 'besides'];

/** Prices of what isn't tokens: `$0.04 per image`. */
function besides(pricing: Pricing | undefined): string {
  const { per_image_of: images = {}, ...others } = pricing ?? {};
  const single = Object.entries(others).flatMap(([name, price]) =>
    name.startsWith('per_') ? [`$${plain(Number(price))} ${name.replaceAll('_', ' ')}`] : [],
  );
  const forms = Object.entries(images).map(([form, price]) => `$${plain(price)} per ${form} image`);
  return [...single, ...forms].join(', ') || '-';
}

/** Small numbers without an exponent. */
function plain(dollars: number): string {
  return dollars.toFixed(12).replace(/\.?0+$/, '');
}

/** A price that grows with the prompt has a `+` behind it. */
function rowOf({ id, owned_by: owner, context_length: context, modalities, pricing }: ListedCard): string[] {
  const more = pricing?.tiers === undefined ? '' : '+';
  const price = (dollars: number | undefined) => (dollars === undefined ? '-' : `${dollars}${more}`);
  const list = (words: readonly string[] | undefined) => words?.join(',') ?? '-';
  const what = [list(modalities?.input), list(modalities?.output)];
  return [
    id,
    owner,
    context === undefined ? '-' : String(context),
    ...what,
    price(pricing?.input),
    price(pricing?.output),
    besides(pricing),
  ];
}

import type { Command } from 'commander';
import { atGateway, gatewayCommand, type GatewayOptions, printJson } from '../gateway-command.ts';
import { columns } from '../plain-text.ts';
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
        const { data = [] } = answer as { data?: readonly { id: string; owned_by: string }[] };
        world.io.stdout(columns(data.map(({ id, owned_by: owner }) => [id, owner])));
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
        else world.io.stdout(columns(Object.entries(answer).map(([field, value]) => [field, String(value)])));
      }),
    );
  gatewayCommand(list, 'models', 'models list --json');
  gatewayCommand(show, 'models show synthlang/echo');
}

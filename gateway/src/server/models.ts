import { authenticate } from '../access/authenticate.ts';
import { GatewayError } from '../model/error.ts';
import type { ListedModel } from '../routing/catalog.ts';
import type { Engine } from './contract.ts';
import { sendJson, type Exchange } from './exchange.ts';

/** `GET /v1/models`: the names this caller may ask for, in OpenAI's shape. */
export function listModels(exchange: Exchange, engine: Engine): void {
  sendJson(exchange, 200, { object: 'list', data: visible(exchange, engine).map(modelObject) });
}

/** `GET /v1/models/{id}`: one of them. An id may contain slashes, plain or percent-encoded. */
export function showModel(exchange: Exchange, id: string, engine: Engine): void {
  const name = decoded(id);
  const model = visible(exchange, engine).find((listed) => listed.name === name);
  if (!model) throw new GatewayError('model.unknown', `The model "${name}" is not listed here.`, { param: 'model' });
  sendJson(exchange, 200, modelObject(model));
}

function visible({ request }: Exchange, engine: Engine): readonly ListedModel[] {
  const { models } = authenticate(request.headers, engine.keyring);
  const listed = engine.listedModels();
  return models ? listed.filter(({ name }) => models.includes(name)) : listed;
}

function modelObject({ name, provider }: ListedModel): object {
  return { id: name, object: 'model', created: 0, owned_by: provider };
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    throw new GatewayError('request.invalid', 'The model id in the path is not valid percent-encoding.');
  }
}

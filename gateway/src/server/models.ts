import { authenticate } from '../access/authenticate.ts';
import { GatewayError } from '../model/error.ts';
import type { ListedModel } from '../routing/catalog.ts';
import type { Engine } from './contract.ts';
import { sendJson, type Exchange } from './exchange.ts';
import { anthropicCard, openaiCard } from './model-card.ts';

/**
 * `GET /v1/models`: the names this caller may ask for, in OpenAI's shape, or in Anthropic's for its clients.
 * https://docs.anthropic.com/en/api/models-list
 */
export function listModels(exchange: Exchange, engine: Engine): void {
  const models = visible(exchange, engine);
  if (!isAnthropic(exchange)) sendJson(exchange, 200, { object: 'list', data: models.map(openaiCard) });
  else {
    const data = models.map(anthropicCard);
    const [first, last] = [models[0]?.name ?? null, models.at(-1)?.name ?? null];
    sendJson(exchange, 200, { data, has_more: false, first_id: first, last_id: last });
  }
}

/** `GET /v1/models/{id}`: one of them. An id may contain slashes, plain or percent-encoded. */
export function showModel(exchange: Exchange, id: string, engine: Engine): void {
  const name = decoded(id);
  const model = visible(exchange, engine).find((listed) => listed.name === name);
  if (!model) throw new GatewayError('model.unknown', `The model "${name}" is not listed here.`, { param: 'model' });
  sendJson(exchange, 200, isAnthropic(exchange) ? anthropicCard(model) : openaiCard(model));
}

/** Anthropic's clients always say which version of the API they mean. */
function isAnthropic({ headers }: Exchange): boolean {
  return headers['anthropic-version'] !== undefined;
}

function visible({ headers }: Exchange, engine: Engine): readonly ListedModel[] {
  const { models } = authenticate(headers, engine.keyring);
  const listed = engine.listedModels();
  return models ? listed.filter(({ name }) => models.includes(name)) : listed;
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    throw new GatewayError('request.invalid', 'The model id in the path is not valid percent-encoding.');
  }
}

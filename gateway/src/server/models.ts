import { authenticate } from '../access/authenticate.ts';
import { GatewayError } from '../model/error.ts';
import type { ListedModel } from '../routing/catalog.ts';
import type { Engine } from './contract.ts';
import { sendJson, type Exchange } from './exchange.ts';
import { headersWithKey } from './gemini-route.ts';
import { anthropicCard, geminiCard, openaiCard } from './model-card.ts';

/** How one wire shows models. */
interface ModelsForm {
  readonly list: (models: readonly ListedModel[]) => object;
  readonly card: (model: ListedModel) => object;
}

/** https://platform.openai.com/docs/api-reference/models/list */
const OPENAI: ModelsForm = {
  list: (models) => ({ object: 'list', data: models.map(openaiCard) }),
  card: openaiCard,
};

/** https://docs.anthropic.com/en/api/models-list */
const ANTHROPIC: ModelsForm = {
  list: (models) => {
    const [first, last] = [models[0]?.name ?? null, models.at(-1)?.name ?? null];
    return { data: models.map(anthropicCard), has_more: false, first_id: first, last_id: last };
  },
  card: anthropicCard,
};

/** All of them stand on the first page. https://ai.google.dev/api/models */
const GEMINI: ModelsForm = {
  list: (models) => ({ models: models.map(geminiCard) }),
  card: geminiCard,
};

/** `GET /v1/models`: the names this caller may ask for, in the shape that its client knows. */
export function listModels(exchange: Exchange, engine: Engine): void {
  sendJson(exchange, 200, formFor(exchange).list(visible(exchange, engine)));
}

/** `GET /v1/models/{id}`: one of them. An id may contain slashes, plain or percent-encoded. */
export function showModel(exchange: Exchange, id: string, engine: Engine): void {
  const name = decoded(id);
  const model = visible(exchange, engine).find((listed) => listed.name === name);
  if (!model) throw new GatewayError('model.unknown', `The model "${name}" is not listed here.`, { param: 'model' });
  sendJson(exchange, 200, formFor(exchange).card(model));
}

/** Gemini's clients ask under a path of their own; Anthropic's always say which version of the API they mean. */
function formFor({ path, headers }: Exchange): ModelsForm {
  if (isGeminis(path)) return GEMINI;
  return headers['anthropic-version'] === undefined ? OPENAI : ANTHROPIC;
}

function isGeminis(path: string): boolean {
  return path.startsWith('/v1beta');
}

function visible(exchange: Exchange, engine: Engine): readonly ListedModel[] {
  const headers = isGeminis(exchange.path) ? headersWithKey(exchange) : exchange.headers;
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

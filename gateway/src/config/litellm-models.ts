import { translateShare } from './litellm-routing.ts';
import { LitellmSection, type LitellmWork, readAsIs, readNumber, readSeconds, readTruth } from './litellm-section.ts';
import { isTree, type SettingPath } from './path.ts';

/** Translates `model_list`: each entry is one target of the group it names. */
export function translateModels(list: unknown, work: LitellmWork): void {
  const at: SettingPath = ['model_list'];
  if (!Array.isArray(list)) {
    work.draft.set(['models'], list, { kind: 'file', at });
    return;
  }
  work.draft.set(['models'], [], { kind: 'file', at });
  for (const [index, entry] of list.entries()) {
    const path = [...at, index];
    work.draft.set(['models', index], {}, { kind: 'file', at: path });
    if (isTree(entry)) translateModel(new LitellmSection(entry, { path, work }), ['models', index]);
    else work.draft.set(['models', index], entry, { kind: 'file', at: path });
  }
}

function translateModel(entry: LitellmSection, to: SettingPath): void {
  entry.move('model_name', [...to, 'name'], (value) => value);
  const params = entry.section('litellm_params');
  const facts = entry.section('model_info');
  if (facts !== undefined) {
    translateCosts(facts, to);
    translateFacts(facts, to);
    facts.move('id', [...to, 'id'], readAsIs);
    facts.move('base_model', [...to, 'baseModel'], (model) => withoutProvider(model));
  }
  if (params !== undefined) translateParams(params, to);
  facts?.close();
  // Limits may stand beside the parameters as well.
  translateShare(entry, to);
  entry.close();
}

const ADDRESSES = { api_key: 'key', api_base: 'apiBase', base_url: 'apiBase', aws_bedrock_runtime_endpoint: 'apiBase' };

/** What providers in clouds need to know beside a key. */
const FIELDS = {
  aws_access_key_id: 'accessKeyId',
  aws_secret_access_key: 'secretAccessKey',
  aws_session_token: 'sessionToken',
  aws_region_name: 'region',
  aws_profile_name: 'profile',
  aws_role_name: 'roleArn',
  vertex_project: 'project',
  vertex_location: 'location',
  vertex_credentials: 'credentials',
  azure_ad_token: 'adToken',
  tenant_id: 'tenantId',
  client_id: 'clientId',
  client_secret: 'clientSecret',
  azure_scope: 'scope',
};

function translateParams(params: LitellmSection, to: SettingPath): void {
  const reference = (value: unknown) => (value === '' ? undefined : params.work.reference(value));
  const provider = params.take('custom_llm_provider');
  params.move('model', [...to, 'target'], (model) => params.work.reference(prefixed(model, provider)));
  // LiteLLM takes an empty key or address for none at all, and then looks the provider's own names up.
  for (const [key, ours] of Object.entries(ADDRESSES)) {
    if (params.take(key) !== '') params.move(key, [...to, ours], reference);
  }
  for (const [key, ours] of Object.entries(FIELDS)) params.move(key, [...to, 'fields', ours], reference);
  params.move('api_version', [...to, 'fields', 'apiVersion'], (value) => reference(dayOf(value)));
  params.move('extra_headers', [...to, 'headers'], (value) => withReferences(value, params.work));
  params.move('timeout', [...to, 'timeoutMs'], readSeconds);
  params.move('stream_timeout', [...to, 'firstOutputTimeoutMs'], readSeconds);
  // LiteLLM's router retries by `num_retries`; `max_retries` is for the client library under it.
  const retries = params.take('num_retries') === undefined ? 'max_retries' : 'num_retries';
  params.move(retries, [...to, 'retriesMax'], readNumber);
  params.move('weight', [...to, 'weight'], readNumber);
  params.move('silent_model', [...to, 'silentModel'], readAsIs);
  params.move('order', [...to, 'order'], readNumber);
  params.move('drop_params', [...to, 'dropParams'], readTruth);
  params.move('additional_drop_params', [...to, 'additionalDropParams'], readAsIs);
  params.move('allowed_openai_params', [...to, 'allowedOpenaiParams'], readAsIs);
  translateShare(params, to);
  translateCosts(params, to); // over those of model_info, as LiteLLM has it
  params.close();
}

const COSTS = {
  input_cost_per_token: 'inputCostPerToken',
  output_cost_per_token: 'outputCostPerToken',
  cache_read_input_token_cost: 'cacheReadCostPerToken',
  cache_creation_input_token_cost: 'cacheWriteCostPerToken',
  input_cost_per_audio_token: 'audioInputCostPerToken',
  output_cost_per_audio_token: 'audioOutputCostPerToken',
  input_cost_per_character: 'costPerCharacter',
  input_cost_per_query: 'costPerSearch',
  input_cost_per_token_batches: 'batchInputCostPerToken',
  output_cost_per_token_batches: 'batchOutputCostPerToken',
};

/** Pairs of names for one price: the first that isn’t 0 counts. */
const EITHER_COST = {
  costPerImage: ['output_cost_per_image', 'input_cost_per_image'],
  costPerSecond: ['output_cost_per_second', 'input_cost_per_second'],
};

function translateCosts(section: LitellmSection, to: SettingPath): void {
  for (const [key, ours] of Object.entries(COSTS)) section.move(key, [...to, ours], readNumber);
  for (const [ours, keys] of Object.entries(EITHER_COST)) {
    const said = keys.filter((key) => section.take(key) !== undefined);
    const found = said.find((key) => Number(section.take(key)) !== 0) ?? said[0];
    if (found !== undefined) section.move(found, [...to, ours], readNumber);
  }
  // Nothing that is spoken or written is counted in characters.
  section.expect('output_cost_per_character', (value) => Number(value) === 0);
  section.move('search_context_cost_per_query', [...to, 'costPerWebSearch'], costOfSearch);
}

/** A price for all sizes of search context, or nothing: which size was used, no answer says. */
function costOfSearch(costs: unknown): unknown {
  if (!isTree(costs)) return costs;
  const [first, ...others] = Object.values(costs);
  return others.every((other) => other === first) ? first : undefined;
}

/** In YAML 1.1 a version such as 2024-10-21 is a day, unless it is quoted. */
function dayOf(value: unknown): unknown {
  return value instanceof Date ? value.toISOString().slice(0, 'YYYY-MM-DD'.length) : value;
}

/** LiteLLM's price list has a provider's name in front of some models. */
function withoutProvider(model: unknown): unknown {
  return typeof model === 'string' ? model.slice(model.indexOf('/') + 1) : model;
}

function prefixed(model: unknown, provider: unknown): unknown {
  if (typeof model !== 'string' || typeof provider !== 'string') return model;
  return model.startsWith(`${provider}/`) ? model : `${provider}/${model}`;
}

function withReferences(value: unknown, work: LitellmWork): unknown {
  if (!isTree(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, work.reference(text)]));
}

/** Of LiteLLM's `supports_*` those that say what may go in. */
const SUPPORTED_INPUT = {
  supports_vision: 'image',
  supports_pdf_input: 'file',
  supports_audio_input: 'audio',
  supports_video_input: 'video',
};
const SUPPORTED = {
  supports_function_calling: 'tools',
  supports_response_schema: 'structured-output',
  supports_reasoning: 'reasoning',
  supports_prompt_caching: 'prompt-caching',
  supports_web_search: 'web-search',
};

function translateFacts(facts: LitellmSection, to: SettingPath): void {
  facts.move('max_input_tokens', [...to, 'info', 'contextWindow'], readNumber);
  const most = facts.take('max_output_tokens') === undefined ? 'max_tokens' : 'max_output_tokens';
  facts.move(most, [...to, 'info', 'outputTokensMax'], readNumber);
  // What stands beside the one that counts says nothing more.
  if (most === 'max_output_tokens') facts.take('max_tokens');
  const input = supported(facts, SUPPORTED_INPUT);
  if (input) facts.put([...to, 'info', 'input'], ['text', ...input.words], [input.first]);
  const capabilities = supported(facts, SUPPORTED);
  if (capabilities) facts.put([...to, 'info', 'capabilities'], capabilities.words, [capabilities.first]);
}

/** The words of the keys that are true; nothing when none of the keys stands there. A value that is neither stays for `close`. */
function supported(facts: LitellmSection, keys: Readonly<Record<string, string>>) {
  const given = Object.entries(keys).filter(([key]) => typeof facts.peek(key) === 'boolean');
  const [first] = given[0] ?? [];
  if (first === undefined) return undefined;
  return { first, words: given.flatMap(([key, word]) => (facts.take(key) === true ? [word] : [])) };
}

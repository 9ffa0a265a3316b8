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
  if (facts !== undefined) translateCosts(facts, to);
  if (params !== undefined) translateParams(params, to);
  facts?.close();
  entry.close();
}

function translateParams(params: LitellmSection, to: SettingPath): void {
  const reference = (value: unknown) => (value === '' ? undefined : params.work.reference(value));
  const provider = params.take('custom_llm_provider');
  params.move('model', [...to, 'target'], (model) => params.work.reference(prefixed(model, provider)));
  // LiteLLM takes an empty key or address for none at all, and then looks the provider's own names up.
  for (const [key, ours] of Object.entries({ api_key: 'key', api_base: 'apiBase', base_url: 'apiBase' })) {
    if (params.take(key) !== '') params.move(key, [...to, ours], reference);
  }
  params.move('extra_headers', [...to, 'headers'], (value) => withReferences(value, params.work));
  params.move('timeout', [...to, 'timeoutMs'], readSeconds);
  params.move('stream_timeout', [...to, 'firstOutputTimeoutMs'], readSeconds);
  // LiteLLM's router retries by `num_retries`; `max_retries` is for the client library under it.
  const retries = params.take('num_retries') === undefined ? 'max_retries' : 'num_retries';
  params.move(retries, [...to, 'retriesMax'], readNumber);
  params.move('weight', [...to, 'weight'], readNumber);
  params.move('order', [...to, 'order'], readNumber);
  params.move('drop_params', [...to, 'dropParams'], readTruth);
  params.move('additional_drop_params', [...to, 'additionalDropParams'], readAsIs);
  params.move('allowed_openai_params', [...to, 'allowedOpenaiParams'], readAsIs);
  translateCosts(params, to); // over those of model_info, as LiteLLM has it
  params.close();
}

const COSTS = {
  input_cost_per_token: 'inputCostPerToken',
  output_cost_per_token: 'outputCostPerToken',
  cache_read_input_token_cost: 'cacheReadCostPerToken',
  cache_creation_input_token_cost: 'cacheWriteCostPerToken',
};

function translateCosts(section: LitellmSection, to: SettingPath): void {
  for (const [key, ours] of Object.entries(COSTS)) section.move(key, [...to, ours], readNumber);
}

function prefixed(model: unknown, provider: unknown): unknown {
  if (typeof model !== 'string' || typeof provider !== 'string') return model;
  return model.startsWith(`${provider}/`) ? model : `${provider}/${model}`;
}

function withReferences(value: unknown, work: LitellmWork): unknown {
  if (!isTree(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, work.reference(text)]));
}

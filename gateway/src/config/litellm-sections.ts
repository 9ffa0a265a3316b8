import { translateFallbacks } from './litellm-fallbacks.ts';
import { translateCooldown, translateRouting } from './litellm-routing.ts';
import { type LitellmSection, readMebibytes, readNumber, readSeconds, readTruth } from './litellm-section.ts';
import { isTree } from './path.ts';

/** Translates `litellm_settings`. */
export function translateSettings(section: LitellmSection): void {
  section.move('drop_params', ['routing', 'dropParams'], readTruth);
  section.move('num_retries', ['routing', 'retriesMax'], readNumber);
  section.move('request_timeout', ['upstream', 'totalTimeoutMs'], readSeconds);
  translateFallbacks(section);
  translateCooldown(section);
  translateCallbacks(section);
  if (section.take('set_verbose') === true) section.put(['log', 'level'], 'debug', ['set_verbose']);
  // Our log always is JSON lines.
  section.expect('json_logs', (value) => value === true);
  section.move('cache', ['cache', 'enabled'], (value) => (typeof value === 'boolean' ? value : undefined));
  translateCache(section.section('cache_params'));
  section.close();
}

/** `type: local` keeps answers in memory, which is what is done here. */
function translateCache(section: LitellmSection | undefined): void {
  if (!section) return;
  section.expect('type', (value) => value === 'local');
  section.move('ttl', ['cache', 'ttlSeconds'], readNumber);
  section.move('similarity_threshold', ['cache', 'semantic', 'threshold'], readNumber);
  section.move('mode', ['cache', 'onlyWhenAsked'], (value) =>
    value === 'default_off' ? true : value === 'default_on' ? false : undefined,
  );
  section.close();
}

/** Translates `router_settings`, which win over the same keys in `litellm_settings`. */
export function translateRouter(section: LitellmSection): void {
  section.move('num_retries', ['routing', 'retriesMax'], readNumber);
  section.move('timeout', ['upstream', 'totalTimeoutMs'], readSeconds);
  section.move('stream_timeout', ['upstream', 'firstOutputTimeoutMs'], readSeconds);
  translateRetryAfter(section);
  translateFallbacks(section);
  translateAliases(section);
  translateRouting(section);
  section.close();
}

/** Translates `general_settings`. */
export function translateGeneral(section: LitellmSection): void {
  section.move('master_key', ['access', 'masterKey'], (value) => section.work.reference(value));
  section.move('database_url', ['store', 'url'], (value) => postgresOnly(section.work.reference(value)));
  section.move('max_request_size_mb', ['server', 'bodyBytesMax'], readMebibytes);
  section.move('max_response_size_mb', ['upstream', 'jsonBytesMax'], readMebibytes);
  section.close();
}

/** LiteLLM itself knows no other database. */
function postgresOnly(address: unknown): unknown {
  return typeof address === 'string' && /^(postgres(ql)?:\/\/|env:)/.test(address) ? address : undefined;
}

/** `retry_after` is the least wait before a retry; 0, LiteLLM's default, leaves the wait to grow from its usual start. */
function translateRetryAfter(section: LitellmSection): void {
  const wait = readSeconds(section.take('retry_after'));
  if (wait === undefined || wait === 0) return;
  section.put(['routing', 'backoffMinMs'], wait, ['retry_after']);
  if (typeof wait === 'number' && wait > 8000) section.put(['routing', 'backoffMaxMs'], wait, ['retry_after']);
}

function translateAliases(section: LitellmSection): void {
  const aliases = section.take('model_group_alias');
  if (aliases === undefined) return;
  const path = [...section.path, 'model_group_alias'];
  if (!isTree(aliases)) {
    section.work.refuse(path, 'is not a mapping');
    return;
  }
  const hidden: string[] = [];
  for (const [alias, target] of Object.entries(aliases)) {
    const full = isTree(target) ? target : { model: target };
    section.put(['routing', 'aliases', alias], full['model'], ['model_group_alias', alias]);
    if (full['hidden'] === true) hidden.push(alias);
    for (const [key, value] of Object.entries(full)) {
      const done = key === 'model' || (key === 'hidden' && typeof value === 'boolean');
      if (!done) section.work.refuse([...path, alias, key]);
    }
  }
  if (hidden.length > 0) section.put(['routing', 'hiddenAliases'], hidden, ['model_group_alias']);
}

const EVENTS = {
  success_callback: ['success'],
  failure_callback: ['error'],
  callbacks: ['success', 'error'],
} as const;

function translateCallbacks(section: LitellmSection): void {
  const on = new Set<string>();
  let from = '';
  for (const [key, events] of Object.entries(EVENTS)) {
    if (!namesLangfuse(section, key)) continue;
    for (const event of events) on.add(event);
    from ||= key;
  }
  if (on.size === 0) return;
  const host = section.work.environment['LANGFUSE_HOST'];
  const langfuse = {
    kind: 'langfuse',
    ...(host === undefined ? {} : { host }),
    publicKey: section.work.reference('os.environ/LANGFUSE_PUBLIC_KEY'),
    secretKey: section.work.reference('os.environ/LANGFUSE_SECRET_KEY'),
    on: [...on],
  };
  section.put(['callbacks'], [langfuse], [from]);
}

/** Whether a list of callbacks has the one we know. Prometheus is always there; the others are refused by name. */
function namesLangfuse(section: LitellmSection, key: string): boolean {
  const value = section.take(key);
  const names: unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
  for (const [index, name] of names.entries()) {
    const known = name === 'langfuse' || name === 'prometheus';
    if (!known) section.work.refuse([...section.path, key, index], String(name));
  }
  return names.includes('langfuse');
}

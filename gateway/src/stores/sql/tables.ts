/** Keys that admins made. Lists and objects are JSON text, truth is 0 or 1, money and time are whole numbers. */
export interface KeyTable {
  id: string;
  name: string;
  alias: string | null;
  user_id: string | null;
  role: string;
  models: string | null;
  metadata: string;
  budget_nanousd: number | null;
  budget_duration: string | null;
  budget_since: number;
  requests_per_minute: number | null;
  tokens_per_minute: number | null;
  parallel_max: number | null;
  expires_at: number | null;
  blocked: number;
  created_at: number;
  created_by: string;
  updated_at: number;
}

/** One row per turn. */
export interface SpendTable {
  request_id: string;
  key_id: string;
  user_id: string | null;
  period_start: number;
  model: string;
  provider: string | null;
  upstream_model: string | null;
  input_tokens: number;
  output_tokens: number;
  cache_read_tokens: number;
  cache_write_tokens: number;
  cost_nanousd: number;
  estimated: number;
  note: string | null;
  status: number;
  stream: number;
  tags: string;
  started_at: number;
  ended_at: number;
}

/** Sums of the rows above, by key and budget period. */
export interface PeriodTable {
  key_id: string;
  period_start: number;
  cost_nanousd: number;
}

/** Acts of admins. Only ever added to. */
export interface AuditTable {
  id: string;
  at: number;
  actor: string;
  action: string;
  target: string;
  before: string | null;
  after: string | null;
}

/** Sealed requests and replies. */
export interface BodyTable {
  request_id: string;
  key_id: string;
  at: number;
  sealed: Uint8Array;
}

/** Versions of prompts that callers saved. */
export interface PromptTable {
  id: string;
  owner: string;
  name: string;
  version: number;
  prompt: string;
  metadata: string;
  began_at: number;
  created_at: number;
}

/** Files and batches at providers, and whose they are. */
export interface ObjectTable {
  id: string;
  kind: string;
  key_id: string;
  provider: string;
  created_at: number;
}

/** Responses that callers may ask for again. */
export interface ResponseTable {
  id: string;
  key_id: string;
  created_at: number;
  expires_at: number;
  bytes: number;
  sealed: number;
  body: Uint8Array;
}

/** Responses that their callers took away, for gateways that still have them in memory. */
export interface RemovedResponseTable {
  id: string;
  at: number;
}

/** All tables. */
export interface Tables {
  access_key: KeyTable;
  spend: SpendTable;
  period_spend: PeriodTable;
  audit: AuditTable;
  body: BodyTable;
  prompt: PromptTable;
  owned_object: ObjectTable;
  kept_response: ResponseTable;
  removed_response: RemovedResponseTable;
}

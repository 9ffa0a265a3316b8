import { z } from 'zod';
import type { Permission } from '../access/roles.ts';
import type { AdminAsk, AdminMethods, AdminRoute, AdminRoutes } from '../admin/contract.ts';
import { jsonSchemaOf } from '../admin/json-schema.ts';
import { queryNumber, readFields, readQuery } from '../admin/read-fields.ts';
import type { JsonSchema } from '../model/route-facts.ts';
import { signed } from '../model/signed.ts';
import type { PromptSummary, PromptVersion } from '../stores/contract.ts';
import { differenceOf } from './prompt-difference.ts';
import type { PromptDesk, PromptName } from './prompt-desk.ts';

/** What the routes about saved prompts need. */
export interface PromptRoutePorts {
  readonly desk: PromptDesk;
  readonly promptCharactersMax: () => number;
  readonly countTokens: (text: string) => Promise<number>;
  readonly nowMs: () => number;
}

const NAME_CHARACTERS_MAX = 256;
const OWNER_CHARACTERS_MAX = 600;
const METADATA_CHARACTERS_MAX = 16_384;
const VERSION_MAX = 1_000_000_000;
const PAGE_SIZE = 1000;

/** What no database keeps as it is. */
const UNKEPT = /[\0\p{Surrogate}]/u;
const name = () =>
  z
    .string()
    .trim()
    .min(1)
    .max(NAME_CHARACTERS_MAX)
    .refine((text) => !/[\p{Cc}\p{Surrogate}]/u.test(text), 'must be one line of text');
const owner = () => z.string().min(1).max(OWNER_CHARACTERS_MAX).optional();
const version = () => z.int().min(1).max(VERSION_MAX).optional();

const metadata = z
  .record(z.string(), z.unknown())
  .refine(
    (value) => JSON.stringify(value).length <= METADATA_CHARACTERS_MAX,
    `must be at most ${METADATA_CHARACTERS_MAX} characters of JSON`,
  )
  .default({});
const Named = z.strictObject({ name: name(), prompt_version: version(), owner: owner() });
const Compared = z.strictObject({
  name1: name(),
  name2: name(),
  prompt_version1: version(),
  prompt_version2: version(),
  owner: owner(),
});
const ListQuery = z.strictObject({
  page: queryNumber(1),
  size: queryNumber(PAGE_SIZE, PAGE_SIZE),
  owner: owner(),
});

const PATH = '/v1/synthlang/prompts';

/** `/v1/synthlang/prompts/*` by the original’s paths and fields. */
export function promptRoutes(ports: PromptRoutePorts): AdminRoutes {
  const answer =
    (act: Act): AdminRoute['answer'] =>
    async (ask) => ({ ...(await act(ports, ask)), ...signed(ports.nowMs()) });
  const post = (summary: string, body: () => JsonSchema, act: Act, permission: Permission = 'prompts.keep') => ({
    POST: { summary, tag: 'Prompts' as const, permission, body, answer: answer(act) },
  });
  const named = jsonSchemaOf(Named);
  const saved = (): JsonSchema => jsonSchemaOf(savedPrompt(ports.promptCharactersMax()))();
  return new Map<string, AdminMethods>([
    [`${PATH}/save`, post('Keep a prompt, as a new version where there is one of that name.', saved, save)],
    [`${PATH}/load`, post('One prompt that was kept, in its newest version or another.', named, load)],
    [
      `${PATH}/list`,
      {
        GET: {
          summary: 'The prompts that were kept.',
          tag: 'Prompts',
          permission: 'prompts.keep',
          query: jsonSchemaOf(ListQuery),
          answer: answer(list),
        },
      },
    ],
    [`${PATH}/delete`, post('Delete a prompt, or one version of it.', named, remove)],
    [
      `${PATH}/compare`,
      post('What differs between two prompts or versions.', jsonSchemaOf(Compared), compare, 'prompts.compare'),
    ],
  ]);
}

type Act = (ports: PromptRoutePorts, ask: AdminAsk) => Promise<object>;

async function save({ desk, promptCharactersMax }: PromptRoutePorts, { body, caller }: AdminAsk): Promise<object> {
  const saved = await desk.save(readFields(savedPrompt(promptCharactersMax()), present(body)), caller);
  return { success: true, name: saved.name, id: saved.id, prompt_version: saved.version, owner: saved.owner };
}

function savedPrompt(charactersMax: number) {
  const prompt = z
    .string()
    .min(1)
    .max(charactersMax)
    .refine((text) => !UNKEPT.test(text), 'must be well-formed text');
  return z.strictObject({ name: name(), prompt, metadata });
}

async function load({ desk }: PromptRoutePorts, { body, caller }: AdminAsk): Promise<object> {
  const found = await desk.load(wantedIn(body), caller);
  return { ...summaryOut(found), prompt: found.prompt };
}

async function list({ desk }: PromptRoutePorts, { query, caller }: AdminAsk): Promise<object> {
  const { page, size, owner: whose } = readQuery(ListQuery, query);
  const { prompts, total } = await desk.list({ owner: whose, offset: (page - 1) * size, limit: size }, caller);
  return { prompts: prompts.map(summaryOut), count: prompts.length, total_count: total };
}

async function remove({ desk }: PromptRoutePorts, { body, caller }: AdminAsk): Promise<object> {
  const wanted = wantedIn(body);
  return { success: true, name: wanted.name, deleted_versions: await desk.remove(wanted, caller) };
}

async function compare({ desk, countTokens }: PromptRoutePorts, { body, caller }: AdminAsk): Promise<object> {
  const said = readFields(Compared, present(body));
  const [one, other] = await Promise.all([
    desk.load({ name: said.name1, version: said.prompt_version1, owner: said.owner }, caller),
    desk.load({ name: said.name2, version: said.prompt_version2, owner: said.owner }, caller),
  ]);
  const [before, after] = await Promise.all([one, other].map(({ prompt }) => countTokens(prompt)));
  const { similarity, lines, words } = differenceOf(one.prompt, other.prompt);
  const label = ({ name: called, version: number }: PromptVersion): string =>
    one.name === other.name ? `${called} v${number}` : called;
  return {
    prompts: Object.fromEntries(
      [one, other].map((found) => [label(found), { ...summaryOut(found), prompt: found.prompt }]),
    ),
    metrics: {
      similarity_score: similarity,
      token_difference: (after ?? 0) - (before ?? 0),
      tokens1: before,
      tokens2: after,
    },
    differences: { lines, ...(words ? { words } : {}) },
  };
}

function wantedIn(body: AdminAsk['body']): PromptName {
  const { prompt_version: number, ...rest } = readFields(Named, present(body));
  return { ...rest, version: number };
}

/** A field that is null counts as not sent, as in the original. */
function present(body: AdminAsk['body']): AdminAsk['body'] {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
}

function summaryOut(found: PromptSummary): Record<string, unknown> {
  return {
    name: found.name,
    id: found.id,
    prompt_version: found.version,
    owner: found.owner,
    // The original wrote the owner into the metadata.
    metadata: { ...found.metadata, user_id: found.owner },
    created_at: new Date(found.beganAt).toISOString(),
    updated_at: new Date(found.createdAt).toISOString(),
  };
}

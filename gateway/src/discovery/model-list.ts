import type { LocalSign } from '../providers/contract.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The names in a server’s list of models; `undefined` when the list is another program’s, or none. */
export function modelsIn(answer: unknown, { listForm, ownedBy }: LocalSign): readonly string[] | undefined {
  // https://docs.ollama.com/api/tags
  if (listForm === 'ollama-v1') return textsAt(objectsIn(answer, 'models'), 'name');
  const models = objectsIn(answer, 'data');
  const isMeant = ownedBy === undefined || (models?.[0] && models.every((model) => model['owned_by'] === ownedBy));
  return isMeant ? textsAt(models, 'id') : undefined;
}

function objectsIn(answer: unknown, field: string): readonly Fields[] | undefined {
  const list = isFields(answer) ? answer[field] : undefined;
  return Array.isArray(list) && list.every(isFields) ? list : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textsAt(list: readonly Fields[] | undefined, field: string): readonly string[] | undefined {
  return list?.flatMap((one) => (typeof one[field] === 'string' ? one[field] : []));
}

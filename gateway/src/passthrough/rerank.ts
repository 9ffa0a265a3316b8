import { isObject, type JsonObject } from '../dialects/json-object.ts';
import { GatewayError, refusedField } from '../model/error.ts';
import type { Origin } from '../model/request.ts';
import type { Units } from '../model/units.ts';
import type { AskedOf, AskedTexts, OperationLimits, TextOperation } from './contract.ts';
import { withUnits } from './relay-units.ts';
import { countIn, countOf, listIn, modelIn, patched, tokenUsage, written } from './fields.ts';

/**
 * `POST /v1/rerank`, as Cohere (https://docs.cohere.com/reference/rerank), Jina and Voyage have it. Whoever says `top_k`
 * speaks Voyage's form (https://docs.voyageai.com/reference/reranker-api) and is answered in it.
 */
export const rerank: TextOperation = { id: 'rerank', read };

function read(origin: Origin, limits: OperationLimits): AskedTexts {
  const { body } = origin;
  const model = modelIn(body);
  const { query } = body;
  if (typeof query !== 'string') throw refusedField('query', 'must be a text');
  const documents = listIn(body['documents'], 'documents', limits);
  const words = documents.map(wordsOf);
  const isVoyage = body['top_k'] !== undefined;
  const top = countIn(body, 'top_n') ?? countIn(body, 'top_k');
  const wantsDocuments = body['return_documents'] === true;
  const texts = [query, ...words.filter((text) => text !== undefined)];
  return {
    model,
    texts,
    isUnreadable: texts.length <= words.length,
    unitsMax: { searches: searchesMax(documents) },
    bodies: (to, now) => [bodyOf(origin, { documents, texts, now, top, isVoyage }, to)],
    answer: ([only]) => {
      const json = only?.json ?? {};
      const results = resultsIn(json).map((result) => {
        const { document: _, ...rest } = result;
        const at = countOf(result['index']) ?? -1;
        if (!(at in documents))
          throw new GatewayError('upstream.bad-response', 'The provider ranked what isn’t there.');
        // The caller's own words, since the provider may have been given masked ones.
        return wantsDocuments ? { ...rest, document: documentOut(documents[at], isVoyage) } : rest;
      });
      const usage = withUnits(tokenUsage(json['usage']) ?? tokenUsage(billed(json)), searchesIn(json));
      return { bytes: Buffer.from(JSON.stringify(said(json, { model, results, isVoyage }))), usage };
    },
  };
}

/** A document is a text, or an object that holds one. */
function wordsOf(document: unknown, at: number): string | undefined {
  if (typeof document === 'string') return document;
  if (!isObject(document)) throw refusedField(`documents[${at}]`, 'must be a text or an object');
  const fields = Object.keys(document);
  return fields.length === 1 && typeof document['text'] === 'string' ? document['text'] : undefined;
}

interface Asked {
  readonly documents: readonly unknown[];
  readonly texts: readonly string[];
  readonly now: readonly string[];
  readonly top: number | undefined;
  readonly isVoyage: boolean;
}

function bodyOf(origin: Origin, { documents, texts, now, top, isVoyage }: Asked, to: AskedOf): Buffer {
  const toVoyage = to.endpoint.form === 'voyage-v1';
  if (texts.every((text, at) => text === now[at]) && isVoyage === toVoyage) return patched(origin, to);
  const [query, ...words] = now;
  let next = 0;
  const masked = documents.map((document) =>
    typeof document === 'string'
      ? words[next++]
      : isObject(document) && wordsOf(document, 0) !== undefined
        ? { ...document, text: words[next++] }
        : document,
  );
  return written(origin, to, {
    query,
    documents: masked,
    top_n: toVoyage ? undefined : top,
    top_k: toVoyage ? top : undefined,
  });
}

function resultsIn({ results, data }: JsonObject): readonly JsonObject[] {
  const list = results ?? data;
  if (!Array.isArray(list) || !list.every(isObject))
    throw new GatewayError('upstream.bad-response', 'The provider answered no list of results.');
  return list;
}

function documentOut(document: unknown, isVoyage: boolean): unknown {
  return isVoyage || typeof document !== 'string' ? document : { text: document };
}

/** https://docs.cohere.com/docs/rerank-overview: a search has up to 100 documents, and long ones count as several. */
const SEARCH_DOCUMENTS = 100;
const DOCUMENT_BYTES = 500;

function searchesMax(documents: readonly unknown[]): number {
  const bytes = documents.reduce<number>((sum, document) => sum + Buffer.byteLength(JSON.stringify(document)), 0);
  return Math.ceil((documents.length + bytes / DOCUMENT_BYTES) / SEARCH_DOCUMENTS);
}

function searchesIn({ meta }: JsonObject): Units | undefined {
  const units = isObject(meta) ? meta['billed_units'] : undefined;
  const searches = isObject(units) ? countOf(units['search_units']) : undefined;
  return searches === undefined ? undefined : { searches };
}

function billed({ meta }: JsonObject): unknown {
  return isObject(meta) ? (meta['billed_units'] ?? meta['tokens']) : undefined;
}

interface Said {
  readonly model: string;
  readonly results: readonly object[];
  readonly isVoyage: boolean;
}

function said(json: JsonObject, { model, results, isVoyage }: Said): object {
  const { results: _, data: __, object: ___, model: ____, ...others } = json;
  if (isVoyage) return { object: 'list', data: results, model, ...others };
  return { ...others, model, results };
}

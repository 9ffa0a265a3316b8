import type { ObjectDesk } from '../passthrough/object-desk.ts';
import type { Trail } from '../pipeline/trail.ts';
import type { Engine, ServerPorts } from './contract.ts';
import type { Exchange } from './exchange.ts';
import { jsonObject } from './ingress.ts';
import { type Methods, type PathPattern, type RouteFacts, usualFields } from './route.ts';
import { type StraightOperation, straightOperation, streamed } from './straight-operations.ts';

interface Act {
  readonly isCostly?: boolean;
  readonly saysSomething?: boolean;
  readonly run: (
    desk: ObjectDesk,
    trail: Trail,
    exchange: Exchange,
    engine: Engine,
  ) => ReturnType<StraightOperation['ask']>;
}

const FILES = /^(?:\/v1)?\/files(?:\/([A-Za-z0-9_-]{1,128})(?:\/(content))?)?$/;
const BATCHES = /^(?:\/v1)?\/batches(?:\/([A-Za-z0-9_-]{1,128})(?:\/(cancel))?)?$/;

const FILE = { tag: 'Files and batches', access: 'key' } as const;
const FILE_MANUAL = 'https://platform.openai.com/docs/api-reference/files';
const BATCH_MANUAL = 'https://platform.openai.com/docs/api-reference/batch';
const UPLOAD = {
  ...usualFields({ file: { type: 'string', format: 'binary' }, purpose: { type: 'string' } }, ['file', 'purpose']),
  types: ['multipart/form-data'],
};
const BATCH = usualFields(
  {
    input_file_id: { type: 'string' },
    endpoint: { type: 'string', description: 'Which path the requests of the file are for.' },
    completion_window: { type: 'string' },
  },
  ['input_file_id', 'endpoint', 'completion_window'],
);
const page = () => ({
  type: 'object',
  properties: { limit: { type: 'integer' }, after: { type: 'string' }, purpose: { type: 'string' } },
});

const both = (path: string): readonly [string, string] => [`/v1${path}`, path];
const described = (manual: string, facts: Readonly<Record<string, Pick<RouteFacts, 'summary' | 'body' | 'query'>>>) =>
  Object.fromEntries(Object.entries(facts).map(([method, own]) => [method, { ...FILE, manual, ...own }]));

/** `/v1/files*` and `/v1/batches*`, which go to one provider and belong to the key that made them. */
export const objectPattern: PathPattern = {
  describes: () => [
    {
      paths: both('/files'),
      methods: described(FILE_MANUAL, {
        GET: { summary: 'The files of this key.', query: page },
        POST: { summary: 'Upload a file.', body: UPLOAD },
      }),
    },
    {
      paths: both('/files/{id}'),
      methods: described(FILE_MANUAL, { GET: { summary: 'One file.' }, DELETE: { summary: 'Delete a file.' } }),
    },
    { paths: both('/files/{id}/content'), methods: described(FILE_MANUAL, { GET: { summary: 'What a file holds.' } }) },
    {
      paths: both('/batches'),
      methods: described(BATCH_MANUAL, {
        GET: { summary: 'The batches of this key.', query: page },
        POST: { summary: 'Begin a batch.', body: BATCH },
      }),
    },
    { paths: both('/batches/{id}'), methods: described(BATCH_MANUAL, { GET: { summary: 'One batch.' } }) },
    {
      paths: both('/batches/{id}/cancel'),
      methods: described(BATCH_MANUAL, { POST: { summary: 'Give a batch up.' } }),
    },
  ],
  find: (path, ports) => {
    const file = FILES.exec(path);
    if (file) return methods('files', fileActs(file[1], file[2]), ports);
    const batch = BATCHES.exec(path);
    return batch ? methods('batches', batchActs(batch[1], batch[2]), ports) : undefined;
  },
};

function methods(id: 'files' | 'batches', acts: Readonly<Record<string, Act>>, ports: ServerPorts): Methods {
  return Object.fromEntries(
    Object.entries(acts).map(([method, { isCostly = false, saysSomething = false, run }]) => [
      method,
      (exchange) => {
        const engine = ports.engine();
        const prepare = (): StraightOperation => {
          const desk = engine.operations.desk();
          const ask = (trail: Trail) => run(desk, trail, exchange, engine);
          return { id, name: id, isUnmetered: isCostly, saysSomething, ask };
        };
        return straightOperation(exchange, prepare, engine, ports);
      },
    ]),
  );
}

function fileActs(id: string | undefined, part: string | undefined): Readonly<Record<string, Act>> {
  if (id === undefined) return { GET: listed('file'), POST: { saysSomething: true, run: upload } };
  if (part !== undefined) return { GET: { run: (desk, trail) => desk.content(trail, id) } };
  return {
    GET: { run: (desk, trail) => desk.show(trail, 'file', id) },
    DELETE: { run: (desk, trail) => desk.remove(trail, 'file', id) },
  };
}

function batchActs(id: string | undefined, part: string | undefined): Readonly<Record<string, Act>> {
  if (id === undefined) return { GET: listed('batch'), POST: { isCostly: true, saysSomething: true, run: begin } };
  if (part !== undefined) return { POST: { run: (desk, trail) => desk.cancel(trail, id) } };
  return { GET: { run: (desk, trail) => desk.show(trail, 'batch', id) } };
}

function listed(kind: 'file' | 'batch'): Act {
  return {
    run: (desk, trail, { query }) => {
      const asked = new URLSearchParams(query);
      return desk.list(trail, kind, {
        limit: asked.get('limit'),
        after: asked.get('after'),
        purpose: asked.get('purpose'),
      });
    },
  };
}

const upload: Act['run'] = (desk, trail, exchange, engine) => {
  const type = exchange.headers['content-type'];
  const contentType = typeof type === 'string' ? type : 'application/octet-stream';
  return desk.create(trail, 'file', { contentType, stream: streamed(exchange, engine) });
};

const begin: Act['run'] = async (desk, trail, exchange, { bodyBytesMax }) => {
  const body = await exchange.readBody(bodyBytesMax);
  await desk.requireOwn(trail, jsonObject(body)['input_file_id']);
  return desk.create(trail, 'batch', { contentType: 'application/json', body });
};

import { PERMISSIONS } from '../access/roles.ts';
import { type JsonSchema, ROUTE_TAGS } from '../model/route-facts.ts';
import {
  ERROR_RESPONSES,
  ERROR_SCHEMAS,
  errorResponse,
  EVERY_ANSWER,
  headerReferences,
  REFUSAL,
  SECURITY_SCHEMES,
  SWITCH_PARAMETERS,
  TURN_ANSWER,
} from './api-parts.ts';
import type { DescribedPath, RouteBody, RouteFacts } from './route.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The description of the API, by OpenAPI 3.1, made from what the routes say of themselves. https://spec.openapis.org/oas/v3.1.1 */
export function apiDocument(described: readonly DescribedPath[], version: string): Fields {
  const place = ({ methods }: DescribedPath): number =>
    Math.min(...Object.values(methods).map(({ tag }) => ROUTE_TAGS.indexOf(tag)));
  const ordered = described.toSorted((a, b) => place(a) - place(b));
  return {
    openapi: '3.1.1',
    info: {
      title: 'SynthLang Proxy',
      version,
      summary: 'Every language model behind one API.',
      description:
        'What this gateway serves, with the settings that it runs with now. Bodies in a wire format of somebody else’s are told in short; `externalDocs` leads to the whole.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: ROUTE_TAGS.map((name) => ({ name })),
    security: Object.keys(SECURITY_SCHEMES).map((name) => ({ [name]: [] })),
    paths: Object.fromEntries(ordered.flatMap(pathItems)),
    components: {
      securitySchemes: SECURITY_SCHEMES,
      headers: { ...EVERY_ANSWER, ...TURN_ANSWER, ...REFUSAL },
      parameters: SWITCH_PARAMETERS,
      responses: ERROR_RESPONSES,
      schemas: ERROR_SCHEMAS,
    },
  };
}

/** Other names of a path refer to the first. */
function pathItems({ paths: [path, ...others], methods }: DescribedPath): [string, Fields][] {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const parameters = names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
  const operations = Object.entries(methods).map(([method, facts]) => [
    method.toLowerCase(),
    operation(facts, `${method.toLowerCase()} ${path}`),
  ]);
  const item = { ...(parameters.length > 0 ? { parameters } : {}), ...Object.fromEntries(operations) };
  const pointer = encodeURIComponent(path.replaceAll('~', '~0').replaceAll('/', '~1')).replaceAll('%7E', '~');
  return [[path, item], ...others.map((other): [string, Fields] => [other, { $ref: `#/paths/${pointer}` }])];
}

function operation(facts: RouteFacts, name: string): Fields {
  const { summary, tag, access, body, manual, isTurn = false } = facts;
  const parameters = [
    ...(facts.query ? queryParameters(facts.query()) : []),
    ...(isTurn ? Object.keys(SWITCH_PARAMETERS).map((header) => ({ $ref: `#/components/parameters/${header}` })) : []),
  ];
  const role = access === 'anybody' || access === 'key' ? undefined : PERMISSIONS[access];
  return {
    operationId: name.replace(/\W+/g, '_').replace(/_$/, ''),
    tags: [tag],
    summary,
    ...(role === undefined || role === 'basic' ? {} : { description: `Needs a key with the role ${role}.` }),
    ...(access === 'anybody' ? { security: [] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: requestBody(body) } : {}),
    responses: responses(facts, role),
    ...(manual === undefined ? {} : { externalDocs: { url: manual } }),
  };
}

function queryParameters({ properties = {}, required = [] }: JsonSchema): Fields[] {
  return Object.entries(properties as Readonly<Record<string, JsonSchema>>).map(([name, schema]) => ({
    name,
    in: 'query',
    ...((required as readonly string[]).includes(name) && schema['default'] === undefined ? { required: true } : {}),
    schema,
  }));
}

function requestBody({ schema, types = ['application/json'], isOptional = false }: RouteBody): Fields {
  const content = Object.fromEntries(types.map((type) => [type, { schema: schema() }]));
  return { ...(isOptional ? {} : { required: true }), content };
}

function responses({ access, answers = ['application/json'], isTurn = false, ...facts }: RouteFacts, role?: string) {
  const { dialect = 'openai-chat', body } = facts;
  const headers = [...Object.keys(EVERY_ANSWER), ...(isTurn ? Object.keys(TURN_ANSWER) : [])];
  const said = (description: string): object => errorResponse(dialect, description);
  return {
    200: {
      description: 'Done.',
      headers: headerReferences(headers),
      content: Object.fromEntries(answers.map((type) => [type, {}])),
    },
    ...(body ? { 400: said('Something about the request is wrong; the error names it.') } : {}),
    ...(access === 'anybody' ? {} : { 401: said('No key, or none that is known here.') }),
    ...(role === undefined && !isTurn ? {} : { 403: said('The key may not do this.') }),
    ...(isTurn ? { 429: said('The key has done as much as it may for now; `retry-after` says until when.') } : {}),
    default: said('Whatever else went wrong.'),
  };
}

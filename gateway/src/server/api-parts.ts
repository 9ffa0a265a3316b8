import { dialects } from '../dialects/index.ts';
import { GatewayError } from '../model/error.ts';
import { ERROR_RULES } from '../model/error-rules.ts';
import type { JsonSchema } from '../model/route-facts.ts';
import type { CallerDialect } from './route.ts';
import { SWITCH_HEADERS } from './switches.ts';

type Parts = Readonly<Record<string, object>>;

/** Where a key may stand, by the name of the scheme. */
export const SECURITY_SCHEMES: Parts = {
  bearer: { type: 'http', scheme: 'bearer' },
  xApiKey: { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'As Anthropic’s clients send it.' },
  apiKey: { type: 'apiKey', in: 'header', name: 'api-key', description: 'As Azure’s clients send it.' },
  xGoogApiKey: { type: 'apiKey', in: 'header', name: 'x-goog-api-key', description: 'As Google’s clients send it.' },
};

const text = (description: string): object => ({ description, schema: { type: 'string' } });
const number = (description: string): object => ({ description, schema: { type: 'number' } });

/** What every answer says. */
export const EVERY_ANSWER: Parts = { 'x-request-id': text('Finds the request in the log.') };

const quota = (what: string): Parts => ({
  [`x-ratelimit-limit-${what}`]: number(`How many ${what} this key may make in a minute.`),
  [`x-ratelimit-remaining-${what}`]: number('How many are left.'),
  [`x-ratelimit-reset-${what}`]: text('When all are there again, as in 12s.'),
});

/** What the answer to a turn says besides. Each stands there only where there is something to say. */
export const TURN_ANSWER: Parts = {
  'x-synthlang-provider': text('Who answered.'),
  'x-synthlang-model': text('The model’s name there.'),
  'x-synthlang-deployment': text('The target that answered.'),
  'x-synthlang-attempts': number('How many times a provider was asked.'),
  'x-synthlang-fallbacks': number('Which fallback answered; 0 is the model that was asked for.'),
  'x-synthlang-overhead-ms': number('The gateway’s own time until the first byte.'),
  'x-synthlang-cost-usd': text('What it cost, in dollars; not where the answer is streamed.'),
  'x-synthlang-cache': text('What the cache did: hit, semantic, miss or bypass.'),
  'x-synthlang-cache-similarity': number('How alike the question was that the cache had answered, up to 1.'),
  'x-synthlang-tool': text('Which of the gateway’s own tools answered, instead of a model.'),
  'x-synthlang-tokens-saved': number('Tokens that were taken out of the request.'),
  'x-synthlang-tokens': text('Tokens before and after, and by whose count.'),
  'x-synthlang-warning': text('Something the caller should know.'),
  ...quota('requests'),
  ...quota('tokens'),
};

/** What a refusal says besides, where there is something to say. */
export const REFUSAL: Parts = {
  'retry-after': number('Seconds after which asking again may help.'),
  'x-should-retry': text('false where asking again can’t help; the official clients heed it.'),
};

/** Headers that switch something on or off for one turn, by their names. */
export const SWITCH_PARAMETERS: Parts = Object.fromEntries(
  SWITCH_HEADERS.map(([name, field]) => [
    name,
    {
      name,
      in: 'header',
      description: `The same as \`${field}\` in the body, and before it.`,
      schema: { type: 'string' },
    },
  ]),
);

const OPENAI_ERROR: JsonSchema = fields(
  {
    error: fields(
      {
        message: { type: 'string' },
        type: { type: 'string' },
        param: { type: ['string', 'null'], description: 'The field that is wrong.' },
        code: { type: ['string', 'null'], examples: Object.keys(ERROR_RULES) },
      },
      ['message', 'type', 'param', 'code'],
    ),
  },
  ['error'],
);

const ERRORS: Readonly<Record<CallerDialect, readonly [name: string, schema: JsonSchema]>> = {
  'openai-chat': ['OpenaiError', OPENAI_ERROR],
  'openai-completions': ['OpenaiError', OPENAI_ERROR],
  'openai-responses': ['OpenaiError', OPENAI_ERROR],
  'anthropic-messages': [
    'AnthropicError',
    fields(
      {
        type: { const: 'error' },
        error: fields({ type: { type: 'string' }, message: { type: 'string' } }, ['type', 'message']),
        request_id: { type: 'string' },
      },
      ['type', 'error'],
    ),
  ],
  'gemini-content': [
    'GoogleError',
    fields(
      {
        error: fields({ code: { type: 'integer' }, message: { type: 'string' }, status: { type: 'string' } }, [
          'code',
          'message',
          'status',
        ]),
      },
      ['error'],
    ),
  ],
  'bedrock-converse': [
    'BedrockError',
    fields({ __type: { type: 'string' }, message: { type: 'string' } }, ['__type', 'message']),
  ],
};

/** How errors look, by the name of their schema. */
export const ERROR_SCHEMAS: Readonly<Record<string, JsonSchema>> = Object.fromEntries(Object.values(ERRORS));

const EXAMPLE = new GatewayError('key.missing', 'Unauthorized: no API key came with the request.');

/** Ways to refuse a request, in the words of each wire format. */
export const ERROR_RESPONSES: Parts = Object.fromEntries(
  (Object.keys(ERRORS) as CallerDialect[]).map((dialect) => {
    const [name] = ERRORS[dialect];
    const example: unknown = JSON.parse(dialects[dialect].encodeError(EXAMPLE, 'request-id').toString('utf8'));
    const content = { 'application/json': { schema: { $ref: `#/components/schemas/${name}` }, example } };
    const headers = headerReferences([...Object.keys(EVERY_ANSWER), ...Object.keys(REFUSAL)]);
    return [name, { description: 'Why it was refused or failed.', headers, content }];
  }),
);

/** Refers to headers by their names. */
export function headerReferences(names: readonly string[]): Parts {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

/** Refers to the way a wire format says errors. */
export function errorResponse(dialect: CallerDialect, description: string): object {
  return { $ref: `#/components/responses/${ERRORS[dialect][0]}`, description };
}

function fields(properties: Readonly<Record<string, JsonSchema>>, required: readonly string[]): JsonSchema {
  return { type: 'object', properties, required };
}

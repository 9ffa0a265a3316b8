import { authenticate } from '../access/authenticate.ts';
import { refusedField } from '../model/error.ts';
import type { CompressedText } from '../model/compressed-text.ts';
import type { Engine, ServerPorts } from './contract.ts';
import { type Exchange, sendJson } from './exchange.ts';
import { jsonObject } from './ingress.ts';
import { usualFields } from './route.ts';
import { signed } from '../model/signed.ts';

type Fields = Readonly<Record<string, unknown>>;

const NAME_CHARS_MAX = 256;
/** Counting a longer one would hold up everybody else. */
const TEXT_CHARS_MAX = 1_000_000;
const USUAL_MODEL = 'gpt-4o';
const LEVELS = ['low', 'medium', 'high'] as const;

const FIELDS = {
  text: { type: 'string', maxLength: TEXT_CHARS_MAX },
  model: { type: 'string', maxLength: NAME_CHARS_MAX, description: 'Whose tokens are counted.', default: USUAL_MODEL },
  codec: { type: 'string', maxLength: NAME_CHARS_MAX, description: 'One way to compress, by its name.' },
};

/** What `/v1/synthlang/compress` reads. */
export const COMPRESSED = usualFields(
  { ...FIELDS, compression_level: { enum: LEVELS, default: 'medium' }, use_gzip: { type: 'boolean' } },
  ['text'],
);
/** What `/v1/synthlang/decompress` reads. */
export const DECOMPRESSED = usualFields(FIELDS, ['text']);

/** `POST /v1/synthlang/compress`: a text in fewer tokens, or as it is where there is no such thing, and the real count. */
export async function compressText(exchange: Exchange, engine: Engine, { clocks }: ServerPorts): Promise<void> {
  const body = await fieldsOf(exchange, engine);
  const original = textOf(body);
  const level = LEVELS.find((known) => known === (body['compression_level'] ?? 'medium'));
  if (level === undefined) throw refusedField('compression_level', 'must be low, medium or high');
  const codec = body['use_gzip'] === true ? 'legacy-gzip' : nameOf(body, 'codec');
  const result = await engine.texts.compress({
    text: original,
    model: nameOf(body, 'model') ?? USUAL_MODEL,
    ...(codec === undefined ? { level } : { codec }),
  });
  sendJson(exchange, 200, { original, ...wireOf(result), ...signed(clocks.nowMs()) });
}

/** `POST /v1/synthlang/decompress`: what a compressed text says. */
export async function decompressText(exchange: Exchange, engine: Engine, { clocks }: ServerPorts): Promise<void> {
  const body = await fieldsOf(exchange, engine);
  const result = await engine.texts.decompress({
    text: textOf(body),
    model: nameOf(body, 'model') ?? USUAL_MODEL,
    isLegacy: nameOf(body, 'codec')?.startsWith('legacy') ?? false,
  });
  sendJson(exchange, 200, {
    compressed: body['text'],
    decompressed: result.text,
    compressed_tokens: result.originalTokens,
    decompressed_tokens: result.compressedTokens,
    codec: result.codec,
    lossless: result.isLossless,
    tokenizer: result.tokenizer,
    exact: result.isExact,
    ...signed(clocks.nowMs()),
  });
}

async function fieldsOf(exchange: Exchange, engine: Engine): Promise<Fields> {
  authenticate(exchange.headers, engine.keyring);
  return jsonObject(await exchange.readBody(engine.bodyBytesMax));
}

function wireOf(result: CompressedText): object {
  return {
    compressed: result.text,
    original_tokens: result.originalTokens,
    compressed_tokens: result.compressedTokens,
    reduction_percentage: result.reductionPercent,
    codec: result.codec,
    lossless: result.isLossless,
    tokenizer: result.tokenizer,
    exact: result.isExact,
  };
}

function textOf(body: Fields): string {
  const { text } = body;
  if (typeof text !== 'string' || text.length > TEXT_CHARS_MAX)
    throw refusedField('text', `must be a text of at most ${TEXT_CHARS_MAX} characters`);
  return text;
}

function nameOf(body: Fields, field: string): string | undefined {
  const name = body[field];
  if (name === undefined || name === null) return undefined;
  if (typeof name !== 'string' || name.length > NAME_CHARS_MAX)
    throw refusedField(field, `must be a name of at most ${NAME_CHARS_MAX} characters`);
  return name;
}

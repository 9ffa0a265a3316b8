import { isObject } from '../dialects/json-object.ts';
import { refusedField } from '../model/error.ts';
import type { Origin } from '../model/request.ts';
import type { AskedTexts, OperationLimits, TextOperation } from './contract.ts';
import { listIn, modelIn, patched, tokenUsage, written } from './fields.ts';

const USUAL_MODEL = 'omni-moderation-latest';

/** `POST /v1/moderations`: https://platform.openai.com/docs/api-reference/moderations/create */
export const moderations: TextOperation = { id: 'moderations', read };

function read(origin: Origin, limits: OperationLimits): AskedTexts {
  const model = modelIn(origin.body, USUAL_MODEL);
  const { input } = origin.body;
  const items = typeof input === 'string' ? [input] : listIn(input, 'input', limits);
  const texts = items.flatMap((item, at) => {
    if (typeof item === 'string') return [item];
    if (!isObject(item)) throw refusedField(`input[${at}]`, 'must be a text or a part');
    return typeof item['text'] === 'string' ? [item['text']] : [];
  });
  return {
    model,
    texts,
    isUnreadable: texts.length < items.length,
    bodies: (to, now) => {
      if (texts.every((text, at) => text === now[at])) return [patched(origin, to)];
      let next = 0;
      const changed = items.map((item) => {
        if (typeof item === 'string') return now[next++];
        return isObject(item) && typeof item['text'] === 'string' ? { ...item, text: now[next++] } : item;
      });
      return [written(origin, to, { input: typeof input === 'string' ? changed[0] : changed })];
    },
    answer: ([only]) => ({
      bytes: Buffer.from(JSON.stringify({ ...only?.json, model })),
      usage: tokenUsage(only?.json['usage']),
    }),
  };
}

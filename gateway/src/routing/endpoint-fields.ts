import { cutFields, fieldSpans, spliced } from '../dialects/json-spans.ts';
import type { Endpoint } from '../providers/contract.ts';

/** Fits a written request to its endpoint: what its path says is out, what it always wants is in. Other bytes stay. */
export function withEndpointFields(bytes: Buffer, { inPath = [], adds = {} }: Endpoint): Buffer {
  const added = JSON.stringify(adds).slice(1, -1);
  if (inPath.length === 0 && added === '') return bytes;
  const kept = spliced(
    bytes,
    cutFields(fieldSpans(bytes) ?? [], ({ key }) => inPath.includes(key) || key in adds),
  );
  const start = kept.indexOf('{') + 1;
  return spliced(kept, added === '' ? [] : [{ start, end: start, text: `${added},` }]);
}

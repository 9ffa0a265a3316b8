import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ReplyWatch } from './reply-watch.ts';

function watched(
  text: string,
  cuts: readonly number[] = [],
): { readonly made: number; readonly seconds: number | undefined } {
  const watch = new ReplyWatch();
  const bytes = Buffer.from(text);
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
  let from = 0;
  for (const end of ends) {
    watch.push(bytes.subarray(from, end));
    from = end;
  }
  return { made: watch.made, seconds: watch.seconds };
}

test('pictures and seconds are found wherever an answer is cut, whatever its texts say', () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom('"data":[{},{}]', '\\', '\\"', '{"duration":9}', '}]', 'duration'),
  );
  const answer = fc.record({
    created: fc.nat(),
    text,
    data: fc.array(fc.record({ b64_json: text, nested: fc.constant({ data: [{}, {}] }) }), { maxLength: 4 }),
    duration: fc.double({ min: 0, max: 1e6, noNaN: true }),
    words: fc.array(fc.record({ duration: fc.nat() })),
    note: text,
  });
  fc.assert(
    fc.property(answer, fc.array(fc.nat(), { maxLength: 8 }), fc.constantFrom(0, 2), (said, cuts, indent) => {
      const found = watched(JSON.stringify(said, null, indent), cuts);
      expect(found).toEqual({ made: said.data.length, seconds: said.duration });
    }),
  );
});

test('of a stream those pictures count that are whole', () => {
  const events = ['image_generation.partial_image', 'image_generation.completed', 'image_edit.completed'].map(
    (type) => `event: ${type}\ndata: ${JSON.stringify({ type, b64_json: 'AAAA"', size: '1024x1024' })}\n\n`,
  );
  expect(watched(`${events.join('')}data: [DONE]\n\n`, [3, 70, 120])).toEqual({ made: 2, seconds: undefined });
});

test.each(['', '{"data":{"a":[{}]}}', '{"data":"[{}]","duration":null}', ']]}}{', '{"duration":"3"}'])(
  'nothing is found in %s',
  (text) => expect(watched(text)).toEqual({ made: 0, seconds: undefined }),
);

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failureOf } from '../../test/support.ts';
import { boundaryIn, MultipartScan } from './multipart-scan.ts';

const part = (head: string, content: string): string => `--b\r\n${head}\r\n\r\n${content}\r\n`;
const named = (name: string, content: string, more = ''): string =>
  part(`Content-Disposition: form-data; name="${name}"${more}`, content);

function scanned(text: string, size = text.length): MultipartScan {
  const scan = new MultipartScan('b', ['model']);
  const bytes = Buffer.from(text, 'latin1');
  for (let at = 0; at < bytes.length; at += size) scan.push(bytes.subarray(at, at + size));
  scan.end();
  return scan;
}

test('fields are found where they stand, however the bytes are cut', () => {
  const content = fc.string().filter((text) => !text.includes('\r\n--b'));
  fc.assert(
    fc.property(content, content, fc.integer({ min: 1, max: 40 }), (prompt, file, size) => {
      const body = Buffer.from(
        `${named('file', file, '; filename="a.mp3"')}${named('prompt', prompt)}${named('model', 'm-1')}--b--\r\n`,
      ).toString('latin1');
      const { fields } = scanned(body, size);
      expect(fields.get('prompt')?.value).toBe(prompt);
      const model = fields.get('model');
      expect(body.slice(model?.start, model?.end)).toBe('m-1');
      expect([...fields.keys()]).toEqual(['prompt', 'model']);
    }),
  );
});

test('an empty field is one', () => {
  expect(scanned(`${named('model', '')}--b--`).fields.get('model')?.value).toBe('');
});

describe('what two parsers could read differently is refused', () => {
  test.each([
    ['a model that stands twice', named('model', 'a') + named('model', 'b')],
    ['a model that is a file', named('model', 'a', '; filename="x"')],
    ['words before the first boundary', `hello\r\n${named('model', 'a')}`],
    ['a part without a head', '--b\r\n\r\nx\r\n'],
    ['a part without a name', part('Content-Disposition: form-data', 'x')],
    ['a name without quotes', part('Content-Disposition: form-data; name=model', 'x')],
    ['a name with an escape', part('Content-Disposition: form-data; name="mo\\"del"', 'x')],
    ['two names', part('Content-Disposition: form-data; name="a"; name="model"', 'x')],
    ['a name in another alphabet', part("Content-Disposition: form-data; name*=utf-8''model", 'x')],
    ['a head that goes on in the next line', part('Content-Disposition: form-data;\r\n name="model"', 'x')],
    [
      'two dispositions',
      part('Content-Disposition: form-data; name="a"\r\nContent-Disposition: form-data; name="model"', 'x'),
    ],
    ['a boundary that goes on', '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n--bc\r\n'],
    ['a field without an end', named('prompt', 'x'.repeat(70_000))],
    ['a head without an end', `--b\r\n${'x'.repeat(20_000)}`],
  ])('%s', async (_, body) => {
    expect(await failureOf(() => scanned(`${body}--b--\r\n`, 1000))).toMatchObject({ code: 'request.invalid' });
  });

  test('a form without an end', async () => {
    expect(await failureOf(() => scanned(named('model', 'a')))).toMatchObject({ code: 'request.invalid' });
  });
});

test('a boundary is read from the content type', () => {
  expect(boundaryIn('multipart/form-data; boundary=abc')).toBe('abc');
  expect(boundaryIn('Multipart/Form-Data; charset=utf-8; boundary="a:b"; x=y')).toBe('a:b');
});

test.each([
  undefined,
  'multipart/form-data',
  'text/plain; boundary=x',
  `multipart/form-data; boundary=${'x'.repeat(80)}`,
])('a content type without one is refused: %s', async (type) => {
  expect(await failureOf(() => boundaryIn(type))).toMatchObject({ code: 'request.media-type' });
});

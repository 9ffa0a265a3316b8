import type { Citation } from '../../model/request.ts';
import { DIALECT, type Fields, isFields, objectsOf, ownFields, present, textOf } from './fields.ts';

/** Reads one citation. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Citation.html */
export function citationOf(fields: Fields): Citation {
  const { title, sourceContent, location } = fields;
  const web = isFields(location) && isFields(location['web']) ? location['web'] : {};
  const cited = objectsOf(sourceContent).flatMap(({ text }) => textOf(text) ?? []);
  return {
    ...present({
      url: textOf(web['url']),
      title: textOf(title),
      citedText: cited.length > 0 ? cited.join('') : undefined,
    }),
    native: { dialect: DIALECT, fields },
  };
}

/** Writes one citation. */
export function citationOut({ url, title, citedText, native }: Citation): Fields {
  return (
    ownFields(native) ??
    present({
      title,
      sourceContent: citedText === undefined ? undefined : [{ text: citedText }],
      location: url === undefined ? undefined : { web: { url } },
    })
  );
}

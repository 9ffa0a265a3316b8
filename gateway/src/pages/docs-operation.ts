import { exampleFor, type Schema } from './example.ts';
import { html, type Markup } from './markup.ts';

interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

/** What of an operation is shown. */
export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: object }>>;
  readonly externalDocs?: { readonly url: string };
}

/** An operation and where it is. */
export interface PlacedOperation {
  readonly method: string;
  readonly path: string;
  /** The same under other names. */
  readonly also: readonly string[];
  readonly operation: Operation;
}

/** Shows one operation, folded. */
export function operationMarkup({ method, path, also, operation }: PlacedOperation): Markup {
  const { operationId, summary, description, security, externalDocs, requestBody } = operation;
  const query = (operation.parameters ?? []).filter(({ $ref }) => $ref === undefined);
  const [type, body] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  const who = security?.length === 0 ? 'Anybody may ask.' : (description ?? 'Needs a key.');
  return html`<details class="operation" id="${operationId}" data-method="${method}" data-path="${path}"
data-query="${query.map(({ name }) => name).join(' ')}" data-type="${type}">
<summary><span class="method ${method}">${method.toUpperCase()}</span> <code>${path}</code> <span>${summary}</span></summary>
<p>${who}${externalDocs && html` <a href="${externalDocs.url}" rel="noreferrer">The whole of this wire format.</a>`}</p>
${also.length > 0 ? html`<p>Also at ${also.map((other, at) => html`${at > 0 ? ', ' : ''}<code>${other}</code>`)}.</p>` : undefined}
${
  query.length > 0
    ? fieldTable(
        'Query',
        query.map((one) => [one.name, one.schema, one.required === true]),
      )
    : undefined
}
${body && type !== undefined ? bodyMarkup(type, body.schema) : undefined}
${answersMarkup(operation.responses)}
</details>
`;
}

function bodyMarkup(type: string, schema: Schema): Markup {
  const required = new Set(schema.required);
  const fields = Object.entries(schema.properties ?? {});
  const rows = fields.map(([name, field]): Row => [name, field, required.has(name)]);
  const isJson = type === 'application/json' && fields.length > 0;
  return html`${rows.length > 0 ? fieldTable(`Body, ${type}`, rows) : html`<p>Body: <code>${type}</code></p>`}
${isJson ? html`<pre class="example">${JSON.stringify(exampleFor(schema), undefined, 2)}</pre>` : undefined}`;
}

type Row = readonly [name: string, schema: Schema, isRequired: boolean];

function fieldTable(caption: string, rows: readonly Row[]): Markup {
  return html`<table><caption>${caption}</caption>
<thead><tr><th scope="col">Field</th><th scope="col">Kind</th><th scope="col">Meaning</th></tr></thead>
<tbody>${rows.map(
    ([name, schema, isRequired]) => html`<tr><th scope="row"><code>${name}</code>${isRequired ? ' (required)' : ''}</th>
<td>${kindOf(schema)}</td><td>${schema.description}</td></tr>
`,
  )}</tbody></table>`;
}

function kindOf(schema: Schema): string {
  const { type, anyOf, items } = schema;
  const choices = schema.enum;
  if (choices) return choices.map(String).join(' | ');
  if (anyOf) return anyOf.map(kindOf).join(' or ');
  if (type === 'array' && items !== undefined) return `list of ${kindOf(items)}`;
  const bounds = (['minimum', 'maximum', 'minLength', 'maxLength', 'maxItems', 'default'] as const)
    .filter((name) => schema[name] !== undefined)
    .map((name) => `${name} ${JSON.stringify(schema[name])}`);
  const kind = typeof type === 'object' ? type.join(' or ') : (type ?? 'anything');
  return [kind, ...bounds].join(', ');
}

function answersMarkup(responses: Operation['responses']): Markup {
  return html`<table><caption>Answers</caption><thead><tr><th scope="col">Status</th><th scope="col">Meaning</th></tr></thead>
<tbody>${Object.entries(responses).map(([status, { description, content }]) => {
    const types = Object.keys(content ?? {}).join(', ');
    const meaning = description.replaceAll('`', '');
    return html`<tr><th scope="row">${status}</th><td>${meaning}${types === '' ? '' : ` ${types}`}</td></tr>
`;
  })}</tbody></table>`;
}

import { operationMarkup, type Operation } from './docs-operation.ts';
import { html, type Markup } from './markup.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What of a description by OpenAPI is shown. */
export interface ShownDocument {
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Fields>>;
  readonly components: {
    readonly headers: Readonly<Record<string, { readonly description: string }>>;
    readonly parameters: Readonly<Record<string, { readonly name: string; readonly description: string }>>;
  };
}

interface Shown {
  readonly method: string;
  readonly path: string;
  readonly also: readonly string[];
  readonly operation: Operation;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head'];

/** The page about the API: all of it can be read without a script, and `docs.js` lets one try it. */
export function docsPage(document: ShownDocument): string {
  const { info, tags, components } = document;
  const shown = shownIn(document);
  const groups = tags.filter(({ name }) => shown.some(({ operation }) => operation.tags.includes(name)));
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${info.title}: the API</title>
<link rel="icon" href="docs/icon.svg">
<link rel="stylesheet" href="docs/page.css">
<script type="module" src="docs/docs.js"></script>
</head>
<body class="docs">
<a class="skip" href="#routes">Skip to the routes</a>
<header>
<h1>${info.title} <small>${info.version}</small></h1>
<p>${info.description.replaceAll('`', '')}</p>
<p><a href="openapi.json">openapi.json</a> is the same for programs. A key goes into <code>authorization: Bearer KEY</code>,
<code>x-api-key</code>, <code>api-key</code> or <code>x-goog-api-key</code>.</p>
</header>
<nav aria-label="Groups of routes"><ul>${groups.map(({ name }) => html`<li><a href="#${idOf(name)}">${name}</a></li>`)}
<li><a href="#headers">Headers</a></li></ul></nav>
<main id="routes">
${groups.map(({ name }) => groupMarkup(name, shown))}
${headersMarkup(components)}
</main>
</body>
</html>
`.text;
}

function groupMarkup(name: string, shown: readonly Shown[]): Markup {
  const own = shown.filter(({ operation }) => operation.tags.includes(name));
  return html`<section aria-labelledby="${idOf(name)}"><h2 id="${idOf(name)}">${name}</h2>
${own.map((one) => operationMarkup(one))}</section>
`;
}

function headersMarkup({ headers, parameters }: ShownDocument['components']): Markup {
  const switches = Object.values(parameters);
  return html`<section aria-labelledby="headers"><h2 id="headers">Headers</h2>
<h3>Of requests to models</h3>
<dl>${switches.map(({ name, description }) => entry(name, description))}</dl>
<h3>Of answers</h3>
<dl>${Object.entries(headers).map(([name, { description }]) => entry(name, description))}</dl></section>`;
}

function entry(name: string, description: string): Markup {
  return html`<dt><code>${name}</code></dt><dd>${description.replaceAll('`', '')}</dd>
`;
}

/** Other names of a path are shown with the first. */
function shownIn({ paths }: ShownDocument): readonly Shown[] {
  return Object.entries(paths).flatMap(([path, item]) => {
    const pointer = `#/paths/${encodeURIComponent(path.replaceAll('/', '~1')).replaceAll('%7E', '~')}`;
    const also = Object.entries(paths).flatMap(([other, { $ref }]) => ($ref === pointer ? [other] : []));
    return METHODS.flatMap((method): readonly Shown[] => {
      const operation = item[method] as Operation | undefined;
      return operation ? [{ method, path, also, operation }] : [];
    });
  });
}

function idOf(name: string): string {
  return name.toLowerCase().replace(/\W+/g, '-');
}

import { type ActName, ACT_PERMISSIONS } from '../prompting/contract.ts';
import { serveAdmin } from './admin.ts';
import { cacheStats, clearCache } from './cache.ts';
import { COMPRESSED, compressText, DECOMPRESSED, decompressText } from './compress-text.ts';
import type { ServerPorts } from './contract.ts';
import { keywordRoutes } from './keywords.ts';
import { servePromptAct } from './prompt-acts.ts';
import { onlyFields, type Route, type ServedPath } from './route.ts';
import { callTool, listTools } from './tools.ts';
import { WHOLE_OR_STREAMED } from './chat-facts.ts';

/** What the gateway does by itself: work on prompts, tools, the cache, and managing it. */
export function ownRoutes(ports: ServerPorts): readonly ServedPath[] {
  return [
    ...promptRoutes(ports),
    ...toolRoutes(ports),
    ...keywordRoutes(ports),
    ...cacheRoutes(ports),
    ...adminRoutes(ports),
  ];
}

const ACTS: Readonly<Record<ActName, string>> = {
  translate: 'A text in SynthLang, a terse notation for prompts.',
  generate: 'A prompt for a task.',
  optimize: 'A better prompt, by criticism and trial.',
  evolve: 'A better prompt, by breeding many.',
  classify: 'Which of some labels fits a text.',
};

function promptRoutes(ports: ServerPorts): readonly ServedPath[] {
  const tag = 'Prompts';
  const acts = (Object.keys(ACTS) as ActName[]).map((name): ServedPath => {
    const route: Route = {
      summary: ACTS[name],
      tag,
      access: ACT_PERMISSIONS[name],
      body: { schema: () => ports.engine().prompting.body(name) },
      answers: WHOLE_OR_STREAMED,
      serve: (exchange) => servePromptAct(exchange, name, ports),
    };
    return { paths: [`/v1/synthlang/${name}`], methods: { POST: route } };
  });
  return [
    ...acts,
    {
      paths: ['/v1/synthlang/compress'],
      methods: {
        POST: {
          summary: 'A text in fewer tokens, and how many that saves.',
          tag,
          access: 'key',
          body: COMPRESSED,
          serve: (exchange) => compressText(exchange, ports.engine(), ports),
        },
      },
    },
    {
      paths: ['/v1/synthlang/decompress'],
      methods: {
        POST: {
          summary: 'What a compressed text says.',
          tag,
          access: 'key',
          body: DECOMPRESSED,
          serve: (exchange) => decompressText(exchange, ports.engine(), ports),
        },
      },
    },
  ];
}

function toolRoutes(ports: ServerPorts): readonly ServedPath[] {
  const tag = 'Tools and keywords';
  const call = onlyFields({ tool: { type: 'string', examples: ['time'] }, parameters: { type: 'object' } }, ['tool']);
  return [
    {
      paths: ['/v1/tools'],
      methods: {
        GET: {
          summary: 'The gateway’s own tools that this key may use.',
          tag,
          access: 'key',
          serve: (exchange) => listTools(exchange, ports.engine(), ports),
        },
      },
    },
    {
      paths: ['/v1/tools/call'],
      methods: {
        POST: {
          summary: 'Use a tool.',
          tag,
          access: 'key',
          body: call,
          serve: (exchange) => callTool(exchange, ports.engine(), ports),
        },
      },
    },
  ];
}

function cacheRoutes(ports: ServerPorts): readonly ServedPath[] {
  const facts = { tag: 'Cache', access: 'cache.manage' } as const;
  const cleared = {
    ...onlyFields({ model: { type: ['string', 'null'], description: 'Only what this model answered.' } }, []),
    isOptional: true,
  };
  return [
    {
      paths: ['/v1/cache/stats'],
      methods: {
        GET: {
          ...facts,
          summary: 'How full the cache is and how often it answers.',
          serve: (exchange) => cacheStats(exchange, ports.engine()),
        },
      },
    },
    {
      paths: ['/v1/cache/clear'],
      methods: {
        POST: {
          ...facts,
          summary: 'Forget answers.',
          body: cleared,
          serve: (exchange) => clearCache(exchange, ports.engine(), ports),
        },
      },
    },
  ];
}

function adminRoutes(ports: ServerPorts): readonly ServedPath[] {
  return [...(ports.admin ?? [])].map(([path, methods]): ServedPath => {
    const routes = Object.entries(methods).map(([method, route]): [string, Route] => {
      const { summary, tag, permission, body, query } = route;
      const facts = { summary, tag, access: permission, ...(query ? { query } : {}) };
      const serve: Route['serve'] = (exchange) => serveAdmin(exchange, route, ports);
      return [method, { ...facts, ...(body ? { body: { schema: body } } : {}), serve }];
    });
    return { paths: [path], methods: Object.fromEntries(routes) };
  });
}

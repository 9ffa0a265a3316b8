/** What a folder may import, and the reason to tell whoever tries something else. */
export interface ImportRule {
  readonly may: readonly string[];
  readonly why: string;
}

interface Architecture {
  readonly mayImport: Readonly<Record<string, ImportRule>>;
  readonly roots: readonly string[];
  readonly shelves: Readonly<Record<string, 'folders' | 'files'>>;
  readonly shared: Readonly<Record<string, readonly string[]>>;
  readonly thirdParties: Readonly<Record<string, readonly string[]>>;
  readonly globals: Readonly<Record<string, readonly string[]>>;
}

/** Who may import whom. This table is the architecture; ARCHITECTURE.md shows the same one. */
export const ARCHITECTURE: Architecture = {
  mayImport: {
    model: { may: [], why: 'the words come first and know nobody' },
    config: { may: ['model'], why: 'settings are plain values; whoever uses them is handed them' },
    dialects: { may: ['model'], why: 'a wire format is pure translation between bytes and the words of model/' },
    providers: { may: ['model', 'dialects'], why: 'a provider is data: who, where, how to sign, which dialect' },
    detectors: { may: ['model'], why: 'a detector looks at one text; whoever asks it knows why' },
    privacy: {
      may: ['model', 'detectors/contract'],
      why: 'what is found is masked the same way, whoever found it',
    },
    guards: {
      may: ['model', 'detectors'],
      why: 'a guard judges one text; what follows from it is the stage’s business',
    },
    guarding: {
      may: ['model', 'privacy', 'guards/contract'],
      why: 'judging is the same, whatever the guards look for',
    },
    caching: {
      may: ['model'],
      why: 'what may be remembered, and under which key, is decided without storing anything',
    },
    keeping: {
      may: ['model', 'dialects', 'privacy', 'detectors/contract'],
      why: 'what is kept of responses, and for whom, is decided without knowing who answered',
    },
    embedders: {
      may: ['model'],
      why: 'an embedder turns a text into numbers; what follows from them is caching’s business',
    },
    stages: {
      may: [
        'model',
        'privacy',
        'guarding',
        'caching',
        'detectors/contract',
        'guards/contract',
        'keyword',
        'tools/tool-box',
        'saving',
      ],
      why: 'a stage knows nothing of HTTP, providers or other stages',
    },
    tools: { may: ['model'], why: 'a tool does no I/O of its own: what it needs from outside comes as a function' },
    keyword: {
      may: ['model', 'tools/contract', 'tools/tool-box'],
      why: 'which messages ask for a tool is decided without running one',
    },
    saving: {
      may: ['model', 'compressors/contract'],
      why: 'what may be touched, and what is worth it, is decided without knowing how it is done or counted',
    },
    access: { may: ['model', 'stores/contract'], why: 'who is asking is decided without knowing what will be done' },
    stores: { may: ['model'], why: 'what is kept is kept by whoever is handed the store' },
    admin: {
      may: ['model', 'access', 'stores/contract'],
      why: 'managing is asking access/ and the store; sending the answer is the server’s business',
    },
    prompting: {
      may: ['model', 'access/roles', 'admin/contract', 'admin/read-fields', 'stores/contract'],
      why: 'work on prompts asks models and counts tokens through functions that it is handed',
    },
    callbacks: { may: ['model'], why: 'a callback turns records into requests; the ledger sends them' },
    ledger: {
      may: ['model', 'callbacks/contract', 'stores/contract'],
      why: 'records, logs and metrics are made from the TurnRecord and nothing else',
    },
    pipeline: { may: ['model', 'dialects', 'stages/contract'], why: 'the line knows stages only by their contract' },
    signers: { may: ['model'], why: 'a signer proves who asks, with what it is handed' },
    health: { may: ['model'], why: 'how a target does is learnt from what came of asking it, whoever asked' },
    strategies: { may: ['model'], why: 'a strategy puts targets in order by what it is told of them' },
    routing: {
      may: ['model', 'dialects', 'providers', 'health', 'strategies'],
      why: 'routing picks targets; somebody else opens the connection',
    },
    discovery: {
      may: ['model', 'providers/contract', 'routing/deployment'],
      why: 'what is worth looking for stands with the providers; whoever looks brings the way to ask',
    },
    passthrough: {
      may: [
        'model',
        'dialects',
        'providers/contract',
        'pipeline/trail',
        'routing',
        'stages/contract',
        'stores/contract',
      ],
      why: 'operations besides chats pass the stations that serve them and are routed as chats are',
    },
    compressors: { may: [], why: 'text goes in and text comes out; what may be touched is decided elsewhere' },
    tokens: { may: [], why: 'counting needs a text and a model name, and nothing else' },
    upstream: { may: ['model', 'providers/contract'], why: 'the one door out knows no provider by name' },
    server: {
      may: [
        'model',
        'dialects',
        'access',
        'caching',
        'keeping',
        'admin/contract',
        'pipeline',
        'passthrough',
        'routing',
        'health/target-report',
        'keyword',
        'prompting/contract',
        'tools/contract',
        'tools/tool-box',
      ],
      why: 'the server carries bytes in and out; it is handed everything else by compose.ts',
    },
    benching: { may: ['model'], why: 'what is measured and how it is told; who is measured is handed in' },
    cli: {
      may: [
        'model',
        'benching',
        'ledger/prices',
        'routing/known-names',
        'dialects/openai-chat/openai-chat',
        'config',
        'discovery',
        'providers/index',
        'providers/openai-compatible',
        'stores/json-file',
        'compressors/index',
        'saving/text-compression',
        'saving/saved-request',
        'tokens/count',
        'serve',
        'version',
      ],
      why: 'a command reads settings, starts what serve.ts runs, asks a gateway over HTTP, or needs none',
    },
  },
  /** They put the parts together, so they may see all of them. */
  roots: [
    'main.ts',
    'compose.ts',
    'engine.ts',
    'operations.ts',
    'governance.ts',
    'records.ts',
    'tooling.ts',
    'targets.ts',
    'serve.ts',
    'library.ts',
    'version.ts',
  ],
  /** Shelves, and what a peer is on them. */
  shelves: {
    dialects: 'folders',
    providers: 'files',
    stages: 'files',
    callbacks: 'files',
    detectors: 'files',
    guards: 'files',
    tools: 'folders',
    compressors: 'folders',
    strategies: 'files',
  },
  /** What peers of a shelf of files share, besides its `contract.ts`. */
  shared: { providers: ['claude-rules.ts', 'openai-rules.ts'] },
  thirdParties: {
    undici: ['upstream'],
    ws: ['upstream', 'server'],
    zod: ['admin', 'config', 'keyword', 'prompting', 'tools'],
    diff: ['prompting'],
    re2js: ['keyword'],
    '@pydantic/genai-prices': ['ledger'],
    kysely: ['stores'],
    pg: ['stores'],
    '@photostructure/sqlite': ['stores'],
    jose: ['signers'],
    'google-auth-library': ['signers'],
    'smol-toml': ['config'],
    htmlparser2: ['tools'],
    minisearch: ['tools'],
    yaml: ['config'],
    'decimal.js': ['tools'],
    pino: ['ledger'],
    'prom-client': ['ledger'],
    commander: ['cli'],
    'libphonenumber-js': ['detectors'],
    ibantools: ['detectors'],
    'ipaddr.js': ['detectors', 'upstream'],
    'eventsource-parser': ['dialects', 'cli', 'benching'],
    '@smithy/eventstream-codec': ['dialects'],
    aws4fetch: ['signers'],
    'gpt-tokenizer': ['tokens'],
    'ai-tokenizer': ['tokens'],
    'node:http': ['server', 'benching'],
    'node:child_process': ['cli'],
    'node:net': ['server', 'serve.ts', 'upstream', 'cli'],
    'node:tls': ['upstream'],
    'node:dns': ['upstream'],
    'node:crypto': ['access', 'stores', 'tokens', 'saving', 'caching', 'compose.ts'],
    'node:v8': ['access'],
    'node:fs': ['config', 'stores', 'cli', 'version.ts'],
    'node:fs/promises': ['stores', 'signers'],
    'node:module': ['library.ts', 'embedders', 'detectors', 'stores'],
    'node:url': ['embedders', 'stores'],
    'node:worker_threads': ['embedders', 'stores'],
    'node:sqlite': ['stores'],
    'node:os': ['cli'],
    'node:path': ['config', 'stores', 'cli', 'records.ts', 'serve.ts'],
    'node:stream': ['upstream', 'server'],
    'node:timers/promises': ['compose.ts'],
    'node:zlib': ['upstream', 'compressors'],
    'node:buffer': ['anywhere'],
    'node:util': ['anywhere'],
  },
  globals: {
    'process.env': ['config', 'main.ts'],
    console: ['cli'],
    fetch: ['cli', 'benching'],
    WebSocket: [],
    require: [],
  },
};

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { validate } from 'dockerfile-utils';
import { parse as parseToml } from 'smol-toml';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { environmentName } from '../src/config/environment-names.ts';
import { KNOWN_NAMES, LIST_NAMES } from '../src/config/known-names.ts';
import { Config } from '../src/config/schema.ts';
import { ownSettings } from '../src/config/settings.ts';
import { providers } from '../src/providers/index.ts';
import { type BuildStage, ignoring, type Step, stagesOf, stepsUntil } from './deploy/dockerfile.ts';
import { startGateway } from './gateway-process.ts';
import { fileAt, ROOT } from './rules/sources.ts';

const { server } = Config.parse({});
const DATA = '/data';
const READY = '/health/readiness';
/** Names that the program and Node itself read. */
const KNOWN = new Set([
  'NODE_ENV',
  ...[...KNOWN_NAMES, ...LIST_NAMES].map(({ name }) => name),
  ...ownSettings().map(({ path }) => environmentName(path)),
  ...providers.flatMap((provider) => (provider.kind === 'http' ? [...provider.keyEnv, ...provider.baseUrlEnv] : [])),
]);
const unknown = (names: readonly string[]): readonly string[] => names.filter((name) => !KNOWN.has(name));

const dockerfile = fileAt('Dockerfile').text;
const stages = stagesOf(dockerfile);
const last = stages.at(-1) as BuildStage;

/** What a stage says in the end, when it says it more than once. */
const saidBy = (stage: string, name: string): Step | undefined =>
  stepsUntil(stage, stages).findLast((step) => step.name === name);
const envOf = (stage: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    stepsUntil(stage, stages)
      .filter(({ name }) => name === 'ENV')
      .flatMap(({ words }) => words.map((word) => word.split('=', 2) as [string, string])),
  );

const health = saidBy(last.name, 'HEALTHCHECK')?.words ?? [];

describe('the Dockerfile', () => {
  test('has no mistake that its linter knows, and such a linter finds mistakes', () => {
    expect(validate(dockerfile)).toEqual([]);
    expect(validate('FROM node\nEXPOSE http\nCOPYY a b\n').length).toBeGreaterThan(1);
  });

  test('begins with exact versions of a Node that is new enough, or with its own stages', () => {
    expect(stages.map(({ name }) => name)).toEqual(['build', 'runtime', 'fly', 'gateway']);
    const names = new Set(stages.map(({ name }) => name));
    for (const image of stages.map((stage) => stage.image).filter((one) => !names.has(one)))
      expect(image).toMatch(/^node:20\.(?:19|[2-9]\d)\.\d+-bookworm-slim$/);
  });

  test('copies what is there, and what .dockerignore lets through', () => {
    const isIgnored = ignoring(fileAt('.dockerignore').text);
    const copies = stages.flatMap(({ steps }) => steps.filter(({ name }) => name === 'COPY'));
    const sources = copies.filter(({ flags }) => !('from' in flags)).flatMap(({ words }) => words.slice(0, -1));
    expect(sources).toContain('gateway/src');
    expect(sources.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
    expect(sources.filter(isIgnored)).toEqual([]);
    const kept = [
      '.env',
      'data/master-key.json',
      'node_modules/x',
      'gateway/src/main.test.ts',
      'gateway/src/a/b.suite.ts',
    ];
    expect(kept.filter((path) => !isIgnored(path))).toEqual([]);
    expect(isIgnored('gateway/src/stores/contract.ts')).toBe(false);
  });

  test('copies from the build what the build has made', () => {
    const { steps } = stages.find(({ name }) => name === 'runtime') as BuildStage;
    const taken = steps.filter(({ flags }) => flags['from'] === 'build').flatMap(({ words }) => words.slice(0, -1));
    expect(taken).toEqual(['/app/node_modules', '/app/gateway/package.json', '/app/gateway/dist']);
    expect(JSON.parse(fileAt('gateway/tsconfig.build.json').text)).toMatchObject({
      compilerOptions: { outDir: 'dist' },
    });
    const { packages } = JSON.parse(fileAt('package-lock.json').text) as {
      packages: Record<string, { dev?: boolean }>;
    };
    const nested = Object.entries(packages).filter(
      ([path, { dev }]) => path.startsWith('gateway/node_modules') && !dev,
    );
    expect(nested, 'Copy gateway/node_modules into the image as well.').toEqual([]);
  });

  test('runs no package’s own code, and ships nothing that only development needs', () => {
    const installs = stages.flatMap(({ steps }) => steps).filter(({ words }) => words[0] === 'npm');
    expect(installs.length).toBeGreaterThan(1);
    const said = installs.map(({ words }) => words.join(' ')).join('\n');
    expect(said).toMatch(/npm ci --ignore-scripts/);
    expect(said).toMatch(/npm prune --omit=dev --ignore-scripts/);
  });

  test('starts the program by its first line, which names Node’s flags', () => {
    expect(fileAt('gateway/src/main.ts').text).toMatch(/^#!\/usr\/bin\/env -S node --max-semi-space-size=\d+\n/);
    expect(saidBy('build', 'RUN')?.words.join(' ')).toContain('chmod +x gateway/dist/main.js');
    expect(saidBy('runtime', 'RUN')?.words.join(' ')).toContain(
      'ln -s /app/gateway/dist/main.js /usr/local/bin/synthlang',
    );
    expect([saidBy(last.name, 'ENTRYPOINT')?.words, saidBy(last.name, 'CMD')?.words]).toEqual([
      ['synthlang'],
      ['serve'],
    ]);
  });

  test('never runs the program as root', () => {
    expect(saidBy(last.name, 'USER')?.words).toEqual(['node']);
    const handing = saidBy('fly', 'ENTRYPOINT')?.words ?? [];
    expect(handing.slice(0, 2)).toEqual(['sh', '-c']);
    expect(handing[2]).toMatch(/&& exec setpriv --reuid=node --regid=node --init-groups synthlang "\$@"$/);
    expect(spawnSync('sh', ['-n', '-c', handing[2] ?? '']).status).toBe(0);
  });

  test('serves the usual port to everybody, and keeps its data in a volume', () => {
    const env = envOf(last.name);
    expect(unknown(Object.keys(env))).toEqual([]);
    expect(env).toMatchObject({ HOST: '0.0.0.0', PORT: String(server.port), SYNTHLANG_DATA_DIR: DATA });
    expect(saidBy(last.name, 'EXPOSE')?.words).toEqual([String(server.port)]);
    expect(saidBy(last.name, 'VOLUME')?.words).toEqual([DATA]);
    expect(saidBy('runtime', 'RUN')?.words.join(' ')).toContain(`install -d -o node -g node -m 700 ${DATA}`);
  });

  test('asks whether the gateway is well, and hears yes and no', async () => {
    const [program, ...check] = health;
    expect([program, check[0]]).toEqual(['node', '-e']);
    const gateway = await startGateway();
    onTestFinished(async () => void (await gateway.stop()));
    const env = { PATH: process.env['PATH'], PORT: new URL(gateway.url).port };
    expect(execFileSync(process.execPath, check, { env }).toString()).toBe('');
    await gateway.stop();
    expect(spawnSync(process.execPath, check, { env }).status).toBe(1);
  });
});

const Service = z.strictObject({
  profiles: z.array(z.string()).optional(),
  build: z.string().optional(),
  image: z.string(),
  init: z.boolean().optional(),
  restart: z.enum(['no', 'always', 'on-failure', 'unless-stopped']),
  ports: z.array(z.string().regex(/^127\.0\.0\.1:\d+:\d+$/)).optional(),
  environment: z.record(z.string(), z.string()),
  volumes: z.array(z.string().regex(/^[a-z]+:\/[a-z/]+$/)),
  depends_on: z
    .record(z.string(), z.strictObject({ condition: z.literal('service_healthy'), required: z.boolean() }))
    .optional(),
  healthcheck: z
    .strictObject({ test: z.array(z.string()), interval: z.string(), timeout: z.string(), retries: z.int() })
    .optional(),
  stop_grace_period: z
    .string()
    .regex(/^\d+s$/)
    .optional(),
  read_only: z.boolean().optional(),
  tmpfs: z.array(z.string()).optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
});
const Compose = z.strictObject({
  name: z.string(),
  services: z.strictObject({ gateway: Service, postgres: Service }),
  volumes: z.record(z.string(), z.null()),
});

describe('compose.yaml', () => {
  const compose = Compose.parse(parseYaml(fileAt('compose.yaml').text));
  const { gateway, postgres } = compose.services;

  test('declares the volumes that its services use, and no other', () => {
    const used = [gateway, postgres].flatMap(({ volumes }) => volumes.map((volume) => volume.split(':')[0] ?? ''));
    expect(used.toSorted()).toEqual(Object.keys(compose.volumes).toSorted());
    expect(gateway.volumes).toEqual([`data:${DATA}`]);
  });

  test('names settings that there are, each by the same name outside', () => {
    expect(unknown(Object.keys(gateway.environment))).toEqual([]);
    for (const [name, value] of Object.entries(gateway.environment)) expect(value).toBe(`\${${name}:-}`);
  });

  test('serves the usual port to this machine alone', () => {
    expect(gateway.ports).toEqual([`127.0.0.1:${server.port}:${server.port}`]);
    expect(postgres.ports).toBeUndefined();
  });

  test('runs PostgreSQL only where it is wanted, with a password of the operator’s, and waits for it', () => {
    expect([gateway.profiles, postgres.profiles]).toEqual([undefined, ['postgres']]);
    expect(postgres.image).toMatch(/^postgres:\d+\.\d+-[a-z]+$/);
    expect(postgres.environment).toMatchObject({ POSTGRES_PASSWORD: '${POSTGRES_PASSWORD:-}' });
    expect(gateway.depends_on).toEqual({ postgres: { condition: 'service_healthy', required: false } });
    expect(postgres.healthcheck?.test[0]).toBe('CMD-SHELL');
  });

  test('leaves running replies time to finish', () => {
    expect(Number.parseInt(gateway.stop_grace_period ?? '', 10) * 1000).toBeGreaterThan(server.drainMs);
  });
});

const Fly = z.strictObject({
  app: z.string(),
  primary_region: z.string(),
  kill_signal: z.literal('SIGTERM'),
  kill_timeout: z.int(),
  build: z.strictObject({ dockerfile: z.literal('Dockerfile'), 'build-target': z.string() }),
  mounts: z.array(z.strictObject({ source: z.string(), destination: z.string() })).length(1),
  http_service: z.strictObject({
    internal_port: z.int(),
    force_https: z.literal(true),
    auto_stop_machines: z.enum(['off', 'stop', 'suspend']),
    auto_start_machines: z.boolean(),
    min_machines_running: z.int(),
    checks: z.array(
      z.strictObject({
        method: z.literal('GET'),
        path: z.string(),
        interval: z.string(),
        timeout: z.string(),
        grace_period: z.string(),
      }),
    ),
  }),
  vm: z.array(z.strictObject({ size: z.string(), memory: z.string() })),
});

test('fly.toml takes the image’s own stage, port, volume and health check, and lets replies finish', () => {
  const fly = Fly.parse(parseToml(fileAt('fly.toml').text));
  expect(stages.map(({ name }) => name)).toContain(fly.build['build-target']);
  expect(fly.http_service.internal_port).toBe(server.port);
  expect(fly.http_service.checks.map(({ path }) => path)).toEqual([READY]);
  expect(health.join(' ')).toContain(READY);
  expect(fly.mounts[0]?.destination).toBe(DATA);
  expect(fly.kill_timeout * 1000).toBeGreaterThan(server.drainMs);
});

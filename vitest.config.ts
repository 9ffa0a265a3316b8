import { configDefaults, defineConfig } from 'vitest/config';

// Agents that take gigabytes and minutes are run when they are asked for: `npm run test:agents`.
const left = process.env['SYNTHLANG_TEST_AGENTS'] === 'all' ? [] : ['gateway/test/agents/more/**'];

export default defineConfig({
  test: {
    include: ['gateway/{src,test,bench}/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...left],
    globalSetup: ['gateway/test/each-run.ts'],
    setupFiles: ['gateway/test/each-file.ts'],
    testTimeout: 20_000,
  },
});

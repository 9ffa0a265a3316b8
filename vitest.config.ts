import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['gateway/src/**/*.test.ts', 'gateway/test/**/*.test.ts'],
    globalSetup: ['gateway/test/each-run.ts'],
    setupFiles: ['gateway/test/each-file.ts'],
    testTimeout: 20_000,
  },
});

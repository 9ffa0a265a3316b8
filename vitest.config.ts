import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['gateway/src/**/*.test.ts', 'gateway/test/**/*.test.ts'],
    testTimeout: 20_000,
  },
});

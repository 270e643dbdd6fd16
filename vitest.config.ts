import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Vitest would load graphql's ES module while Yoga and Pothos load the CommonJS one: "another module or realm".
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    // Most tests wait for sockets and processes, not for a core.
    maxWorkers: 2,
    // Loading the gateway takes a second, so each worker does it once and not for each file. Tests leave nothing behind.
    isolate: false,
    testTimeout: 20_000,
    hookTimeout: 20_000,
    reporters: ['default'],
  },
});

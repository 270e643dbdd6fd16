import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Vitest would load graphql's ES module while Yoga and Pothos load the CommonJS one: "another module or realm".
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 20_000,
    reporters: ['default'],
  },
});

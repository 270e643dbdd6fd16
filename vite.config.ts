import { defineConfig } from 'vite';

/** The gateway with its packages, for Node: decision 37. The explorer has a configuration of its own. */
export default defineConfig({
  build: {
    ssr: 'src/main.ts',
    outDir: 'dist',
    // The explorer is in the same folder. scripts/build.mjs deletes what an earlier build left.
    emptyOutDir: false,
    copyPublicDir: false,
    target: 'node20.19',
    sourcemap: true,
    // The packages in the bundle require that their licenses come with it.
    license: { fileName: 'licenses.md' },
    chunkSizeWarningLimit: 5_000,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        // All in one folder: src/package-file.ts depends on it.
        entryFileNames: '[name].js',
        chunkFileNames: '[name]-[hash].js',
        sourcemapExcludeSources: true,
        // Errors are logged with the names of their classes.
        keepNames: true,
      },
    },
  },
  resolve: {
    // Its ES modules and its CommonJS modules would be two copies, which refuse each other's objects.
    alias: [
      { find: /^graphql$/, replacement: 'graphql/index.mjs' },
      { find: /^graphql\/(.+?)(\.m?js)?$/, replacement: 'graphql/$1.mjs' },
    ],
  },
  ssr: {
    noExternal: true,
    // Shared with the SDK of the operator, which is not in the bundle.
    external: ['@opentelemetry/api'],
  },
});

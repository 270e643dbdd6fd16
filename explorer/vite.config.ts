import { defineConfig } from 'vite';

/** One script and one style sheet. The gateway adds a hash to their names and writes the page: src/transport/graphiql. */
export default defineConfig({
  build: {
    outDir: '../dist/explorer',
    emptyOutDir: true,
    target: 'es2022',
    cssCodeSplit: false,
    modulePreload: false,
    // The packages in the bundle require that their licenses come with it.
    license: { fileName: 'licenses.md' },
    chunkSizeWarningLimit: 2_000,
    rolldownOptions: {
      input: 'main.tsx',
      output: {
        codeSplitting: false,
        entryFileNames: 'explorer.js',
        assetFileNames: 'explorer[extname]',
      },
      onLog(level, log, handler) {
        // React's "use client" has no meaning in a bundle for browsers.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handler(level, log);
      },
    },
  },
});

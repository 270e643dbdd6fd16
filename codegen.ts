import type { CodegenConfig } from '@graphql-codegen/cli';

/** Typed documents for `schema/operations`, from the printed schema: codegen cannot load TypeScript on Node 20. */
const config: CodegenConfig = {
  schema: 'schema/schema.graphql',
  documents: 'schema/operations/**/*.graphql',
  generates: {
    'schema/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: 'string',
        enumsAsTypes: true,
        useTypeImports: true,
        emitLegacyCommonJSImports: false,
        strictScalars: true,
        // A raw id where a global one belongs does not compile.
        scalars: {
          ID: { input: '../ids.js#GlobalId', output: '../ids.js#GlobalId' },
          DateTime: 'string',
          JSON: 'unknown',
          JSONObject: { input: 'Record<string, unknown>', output: 'Record<string, unknown>' },
        },
      },
    },
  },
};

export default config;

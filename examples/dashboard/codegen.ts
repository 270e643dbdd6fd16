import type { CodegenConfig } from '@graphql-codegen/cli';
import { addTypenameSelectionDocumentTransform } from '@graphql-codegen/client-preset';

const presetConfig = { fragmentMasking: { unmaskFunctionName: 'readFragment' } };
const scalars = { DateTime: 'string', JSON: 'unknown', JSONObject: 'Record<string, unknown>' };
const config = { scalars, enumsAsTypes: true, useTypeImports: true, emitLegacyCommonJSImports: false };
const documentTransforms = [addTypenameSelectionDocumentTransform];

export default {
  schema: 'http://127.0.0.1:4000/schema.graphql',
  documents: ['src/**/*.{ts,tsx}', '!src/gql/*'],
  generates: {
    'src/gql/': { preset: 'client', presetConfig, config, documentTransforms },
    'src/gql/possible-types.ts': { plugins: ['fragment-matcher'] },
  },
} satisfies CodegenConfig;

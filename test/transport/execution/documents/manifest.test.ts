import { describe, expect, test } from 'vitest';
import { readManifestFile } from '../../../../src/transport/execution/documents/manifest.js';
import { temporaryFile } from '../../../support/files.js';

const read = (text: string) => readManifestFile(temporaryFile(text));

const APOLLO = { format: 'apollo-persisted-query-manifest', version: 1 };

describe('reads a manifest', () => {
  const expected = new Map([
    ['a', '{ a }'],
    ['b', '{ b }'],
  ]);

  test.each<[string, unknown]>([
    ['of codegen or Relay', { a: '{ a }', b: '{ b }' }],
    [
      'of Relay, as pairs',
      [
        ['a', '{ a }'],
        ['b', '{ b }'],
      ],
    ],
    [
      'of Apollo',
      {
        ...APOLLO,
        operations: [
          { id: 'a', name: 'A', type: 'query', body: '{ a }' },
          { id: 'b', name: 'B', type: 'query', body: '{ b }' },
        ],
      },
    ],
  ])('%s', (_, manifest) => {
    expect(read(JSON.stringify(manifest))).toEqual(expected);
  });

  test('with a name that objects of JavaScript have anyway', () => {
    expect(read('{"__proto__":"{ a }"}')).toEqual(new Map([['__proto__', '{ a }']]));
  });
});

describe('refuses', () => {
  test.each<[string, string, string]>([
    ['a file that is not JSON', '{"a":', 'The file is not valid JSON.'],
    [
      'another value',
      '3',
      'The file is neither an object of documents by id, nor a list of pairs, nor an apollo-persisted-query-manifest.',
    ],
    ['a document that is not text', '{"a":{}}', 'The document of "a" is not a string.'],
    ['a pair without a document', '[["a"]]', 'The document of "a" is not a string.'],
    ['an item that is not a pair', '["a"]', 'An id is not a string, or is empty.'],
    ['an empty id', '{"":"{ a }"}', 'An id is not a string, or is empty.'],
    ['an id for two documents', '[["a","{ a }"],["a","{ b }"]]', 'The id "a" stands for two documents.'],
    [
      'another version of Apollo’s format',
      JSON.stringify({ ...APOLLO, version: 2, operations: [] }),
      'The file is an apollo-persisted-query-manifest, but not of version 1 with a list of operations.',
    ],
  ])('%s', (_, text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  test('a file that is not there', () => {
    expect(() => readManifestFile('/nowhere/manifest.json')).toThrow('The file cannot be read (ENOENT).');
  });
});

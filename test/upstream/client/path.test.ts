import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidPathSegment } from '../../../src/upstream/client/errors/upstream-errors.js';
import { buildPath } from '../../../src/upstream/client/path.js';

const base = new URL('http://upstream.test:8080/manage/');
const inkeepId = /^[a-zA-Z0-9\-_.]+$/;

/** Segments as an attacker would choose them, among ordinary and random ones. */
const segment = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc
    .array(
      fc.constantFrom(
        '.',
        '%2e',
        '%2E',
        '\t',
        '\n',
        '\r',
        '/',
        '\\',
        '?',
        '#',
        ';',
        '@',
        ':',
        '%',
        '\ud800',
        '\udc00',
        'a',
      ),
      {
        maxLength: 6,
      },
    )
    .map((parts) => parts.join('')),
);

describe('the path of an upstream call', () => {
  test('is the base and the encoded segments, with the query after them', () => {
    expect(
      buildPath(base, ['tools', 'get weather?', 'ü'], { page: 2, skipDiscovery: true, status: undefined }),
    ).toEqual({
      pathname: '/manage/tools/get%20weather%3F/%C3%BC',
      path: '/manage/tools/get%20weather%3F/%C3%BC?page=2&skipDiscovery=true',
    });
  });

  test('starts at the root where the base has no path', () => {
    expect(buildPath(new URL('http://upstream.test'), ['agents']).path).toBe('/agents');
  });

  test.each(['', '.', '..', '.\t.', '\n', 'a\u0000', 'a\u007f', '\ud800', 'a\udc00b', 'x'.repeat(256)])(
    'refuses the segment %j',
    (bad) => {
      expect(() => buildPath(base, ['tools', bad])).toThrow(InvalidPathSegment);
    },
  );

  test.each(['../projects', '%2e%2e', '.%2e', 'a/b', 'a\\..\\b', 'a?b', 'a#b', 'a;b', '//host', 'http://host/', '...'])(
    'keeps the segment %j one segment under the base',
    (id) => {
      const { path } = buildPath(base, ['tools', id]);
      const read = new URL(path, base);
      expect(read.origin).toBe('http://upstream.test:8080');
      expect(read.pathname.split('/').map(decodeURIComponent)).toEqual(['', 'manage', 'tools', id]);
      expect(read.search + read.hash).toBe('');
    },
  );

  test.each(['a/b', '%2e%2e', 'a b', 'ü', 'a:b'])('refuses the segment %j where ids have a pattern', (id) => {
    expect(() => buildPath(base, ['tools', id], undefined, inkeepId)).toThrow(InvalidPathSegment);
  });

  test('allows 255 characters', () => {
    expect(buildPath(base, ['x'.repeat(255)]).pathname).toBe(`/manage/${'x'.repeat(255)}`);
  });

  test('is refused or means exactly its segments, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 4 }), (segments) => {
        let path: string;
        try {
          path = buildPath(base, segments).path;
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidPathSegment);
          return;
        }
        const read = new URL(path, base);
        expect(read.host).toBe('upstream.test:8080');
        expect(read.pathname.split('/').map(decodeURIComponent)).toEqual(['', 'manage', ...segments]);
        expect(read.search + read.hash).toBe('');
      }),
      { numRuns: 1_000 },
    );
  });

  test('cannot be changed by a query value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        const read = new URL(buildPath(base, ['tools'], { q: value, page: 1 }).path, base);
        expect(read.pathname).toBe('/manage/tools');
        expect([...read.searchParams]).toEqual([
          ['q', value],
          ['page', '1'],
        ]);
        expect(read.hash).toBe('');
      }),
    );
  });
});

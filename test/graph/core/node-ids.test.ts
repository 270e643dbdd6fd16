import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decodeNodeId,
  encodeNodeId,
  type NodeKey,
  type NodeType,
  readNodeId,
} from '../../../src/graph/core/node-id.js';

/** Any text that JSON and HTTP can carry: well-formed Unicode, with what has a meaning in ids and paths made likely. */
const part = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1 }),
  fc.constantFrom('/', '%', '%2F', ':', '..', 'Tool:a/b/c', ' ', '\n', '日本', '😀', '+', '='),
);

const anyKey: fc.Arbitrary<{ type: NodeType; key: NodeKey<NodeType> }> = fc.oneof(
  fc.record({ type: fc.constant('Project' as const), key: fc.record({ tenantId: part, projectId: part }) }),
  fc.record({
    type: fc.constant('SubAgentToolRelation' as const),
    key: fc.record({ tenantId: part, projectId: part, agentId: part, relationId: part }),
  }),
  fc.record({ type: fc.constant('VoiceAgentTool' as const), key: fc.record({ agentId: part, toolName: part }) }),
  fc.record({ type: fc.constant('VoiceTool' as const), key: fc.record({ toolId: part }) }),
) as fc.Arbitrary<{ type: NodeType; key: NodeKey<NodeType> }>;

test('an id gives back the key it was made of, whatever its parts hold', () => {
  fc.assert(
    fc.property(anyKey, ({ type, key }) => {
      expect(readNodeId(type, encodeNodeId(type, key))).toEqual(key);
    }),
  );
});

test('two keys never share an id', () => {
  fc.assert(
    fc.property(anyKey, anyKey, (a, b) => {
      const isSame = a.type === b.type && JSON.stringify(a.key) === JSON.stringify(b.key);
      expect(encodeNodeId(a.type, a.key) === encodeNodeId(b.type, b.key)).toBe(isSame);
    }),
  );
});

test('an id is made of letters that need no escaping in a URL', () => {
  fc.assert(
    fc.property(anyKey, ({ type, key }) => {
      expect(encodeNodeId(type, key)).toMatch(/^[A-Za-z0-9_-]+$/);
    }),
  );
});

test('decoding never throws, whatever it is given', () => {
  const bytes = fc.uint8Array().map((octets) => Buffer.from(octets).toString('base64url'));
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), bytes), (text) => {
      expect(() => decodeNodeId(text)).not.toThrow();
    }),
  );
});

test('an id has one spelling: with a letter changed, added or taken away it is another id or none', () => {
  const edits = fc.record({
    at: fc.nat(),
    cut: fc.nat(2),
    insert: fc.string({ unit: fc.constantFrom(...'AQgw_-+/= \n'), maxLength: 2 }),
  });
  fc.assert(
    fc.property(anyKey, edits, ({ type, key }, { at, cut, insert }) => {
      const id = encodeNodeId(type, key);
      const place = at % (id.length + 1);
      const edited = id.slice(0, place) + insert + id.slice(place + cut);
      fc.pre(edited !== id);
      const decoded = decodeNodeId(edited);
      const original = decodeNodeId(id);
      expect(decoded).not.toEqual(original);
    }),
  );
});

test.each([
  ['another alphabet of Base64', Buffer.from('VoiceTool:%3E%3E%3E?').toString('base64')],
  ['padding', `${encodeNodeId('VoiceTool', { toolId: 'ab' })}==`],
  ['an escape that is not needed', Buffer.from('VoiceTool:%61').toString('base64url')],
  ['a lower-case escape', Buffer.from('VoiceTool:%2f').toString('base64url')],
  ['a part that is missing', Buffer.from('Tool:default/support-desk').toString('base64url')],
  ['a part too many', Buffer.from('VoiceTool:a/b').toString('base64url')],
  ['an empty part', Buffer.from('Project:default/').toString('base64url')],
  ['an unknown type', Buffer.from('Secret:a').toString('base64url')],
  ['a name that every object has', Buffer.from('constructor:a').toString('base64url')],
  ['a broken escape', Buffer.from('VoiceTool:%zz').toString('base64url')],
  ['nothing', ''],
])('an id with %s is none', (_what, id) => {
  expect(decodeNodeId(id)).toBeUndefined();
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeNodeId, type NodeIdType } from '../../../../src/graph/core/ids/node-id.js';
import { ProjectId } from '../../../../src/graph/inkeep/project.js';
import { RelationId } from '../../../../src/graph/inkeep/relation/ref.js';
import { VoiceAgentToolId } from '../../../../src/graph/kataven/voice-agent-tool.js';
import { VoiceToolId } from '../../../../src/graph/kataven/voice-tool.js';
import '../../../../src/graph/index.js';

/** Well-formed Unicode text, in which characters with a meaning in ids and paths are likely. */
const part = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1 }),
  fc.constantFrom('/', '%', '%2F', ':', '..', 'Tool:a/b/c', ' ', '\n', '日本', '😀', '+', '='),
);

const anyKey: fc.Arbitrary<{ type: NodeIdType; key: Readonly<Record<string, string>> }> = fc.oneof(
  fc.record({ type: fc.constant(ProjectId), key: fc.record({ tenantId: part, projectId: part }) }),
  fc.record({
    type: fc.constant(RelationId),
    key: fc.record({ tenantId: part, projectId: part, agentId: part, relationId: part }),
  }),
  fc.record({ type: fc.constant(VoiceAgentToolId), key: fc.record({ agentId: part, toolName: part }) }),
  fc.record({ type: fc.constant(VoiceToolId), key: fc.record({ toolId: part }) }),
) as fc.Arbitrary<{ type: NodeIdType; key: Readonly<Record<string, string>> }>;

test('decodes an id to the key that it was made from, for any parts', () => {
  fc.assert(
    fc.property(anyKey, ({ type, key }) => {
      expect(type.read(type.encode(key))).toEqual(key);
    }),
  );
});

test('two keys never share an id', () => {
  fc.assert(
    fc.property(anyKey, anyKey, (a, b) => {
      const isSame = a.type === b.type && JSON.stringify(a.key) === JSON.stringify(b.key);
      expect(a.type.encode(a.key) === b.type.encode(b.key)).toBe(isSame);
    }),
  );
});

test('an id has only characters that need no escaping in a URL', () => {
  fc.assert(
    fc.property(anyKey, ({ type, key }) => {
      expect(type.encode(key)).toMatch(/^[A-Za-z0-9_-]+$/);
    }),
  );
});

test('decoding never throws, for any text', () => {
  const bytes = fc.uint8Array().map((octets) => Buffer.from(octets).toString('base64url'));
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), bytes), (text) => {
      expect(() => decodeNodeId(text)).not.toThrow();
    }),
  );
});

test('an id with a changed, added or removed character is another id or not an id', () => {
  const edits = fc.record({
    at: fc.nat(),
    cut: fc.nat(2),
    insert: fc.string({ unit: fc.constantFrom(...'AQgw_-+/= \n'), maxLength: 2 }),
  });
  fc.assert(
    fc.property(anyKey, edits, ({ type, key }, { at, cut, insert }) => {
      const id = type.encode(key);
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
  ['padding', `${VoiceToolId.encode({ toolId: 'ab' })}==`],
  ['an escape that is not needed', Buffer.from('VoiceTool:%61').toString('base64url')],
  ['a lower-case escape', Buffer.from('VoiceTool:%2f').toString('base64url')],
  ['a part that is missing', Buffer.from('Tool:default/support-desk').toString('base64url')],
  ['a part too many', Buffer.from('VoiceTool:a/b').toString('base64url')],
  ['an empty part', Buffer.from('Project:default/').toString('base64url')],
  ['an unknown type', Buffer.from('Secret:a').toString('base64url')],
  ['a name that every object has', Buffer.from('constructor:a').toString('base64url')],
  ['a broken escape', Buffer.from('VoiceTool:%zz').toString('base64url')],
  ['nothing', ''],
])('text with %s is not an id', (_what, id) => {
  expect(decodeNodeId(id)).toBeUndefined();
});

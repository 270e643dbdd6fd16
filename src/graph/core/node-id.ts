import { badUserInput } from './error-codes.js';

/** Parts of each type's id, in their order: the full composite key. */
const PARTS = {
  Project: ['tenantId', 'projectId'],
  Agent: ['tenantId', 'projectId', 'agentId'],
  SubAgent: ['tenantId', 'projectId', 'agentId', 'subAgentId'],
  Tool: ['tenantId', 'projectId', 'toolId'],
  SubAgentToolRelation: ['tenantId', 'projectId', 'agentId', 'relationId'],
  VoiceAgent: ['agentId'],
  VoiceAgentTool: ['agentId', 'toolName'],
  VoiceTool: ['toolId'],
} as const;

export type NodeType = keyof typeof PARTS;
export type NodeKey<Type extends NodeType> = Readonly<Record<(typeof PARTS)[Type][number], string>>;

export interface DecodedId {
  readonly type: NodeType;
  readonly parts: readonly string[];
}

/** The opaque id of a node: base64url of `Type:part/part…`, each part percent-encoded. */
export function encodeNodeId<Type extends NodeType>(type: Type, key: NodeKey<Type>): string {
  const parts = PARTS[type].map((name) => encodeURIComponent(key[name as keyof NodeKey<Type>]));
  return Buffer.from(`${type}:${parts.join('/')}`).toString('base64url');
}

/** Type and key parts of a node id; undefined where it is not one of ours to the letter. */
export function decodeNodeId(id: string): DecodedId | undefined {
  const text = Buffer.from(id, 'base64url').toString('utf8');
  const [, type, path] = /^([A-Za-z]+):(.+)$/s.exec(text) ?? [];
  if (type === undefined || path === undefined || !isNodeType(type)) return undefined;
  const parts = path.split('/').map(decodePart);
  if (parts.length !== PARTS[type].length || !parts.every((part) => part !== undefined && part !== ''))
    return undefined;
  const decoded = { type, parts: parts as string[] };
  return encodeNodeId(type, keyOfParts(type, decoded.parts)) === id ? decoded : undefined;
}

/** The key in an id that must be of this type, or what is wrong with the id, in words for the client. */
export function readNodeId<Type extends NodeType>(type: Type, id: string): NodeKey<Type> | { readonly wrong: string } {
  const decoded = decodeNodeId(id);
  if (!decoded) return { wrong: `is not an id of this API: take the \`id\` of ${withArticle(type)}` };
  if (decoded.type !== type)
    return { wrong: `is the id of ${withArticle(decoded.type)}, and must be that of ${withArticle(type)}` };
  return keyOfParts(type, decoded.parts);
}

/** Like `readNodeId`, for queries: throws BAD_USER_INPUT. */
export function nodeKey<Type extends NodeType>(type: Type, id: string, argument: string): NodeKey<Type> {
  const key = readNodeId(type, id);
  if (isWrong(key)) throw badUserInput(`The value of "${argument}" ${key.wrong}.`);
  return key;
}

export function isWrong(key: object): key is { readonly wrong: string } {
  return 'wrong' in key;
}

/** Key parts as an object with their names. */
export function keyOfParts<Type extends NodeType>(type: Type, parts: readonly string[]): NodeKey<Type> {
  return Object.fromEntries(PARTS[type].map((name, index) => [name, parts[index] ?? ''])) as NodeKey<Type>;
}

function withArticle(type: string): string {
  return `${/^[AEIOU]/.test(type) ? 'an' : 'a'} ${type}`;
}

function isNodeType(type: string): type is NodeType {
  return Object.hasOwn(PARTS, type);
}

function decodePart(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

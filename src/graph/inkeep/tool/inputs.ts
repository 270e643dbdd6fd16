import { z } from 'zod';
import { isJsonObject } from '../../../exact-json.js';
import { INKEEP_ID } from '../../../upstream/inkeep/keys.js';
import type { ToolBody } from '../../../upstream/inkeep/tool.js';
import { builder } from '../../core/builder.js';
import { changesSomething, headersInput, namedOnce, nodeId, parseInput } from '../../core/mutations/input-checks.js';
import { jsonObject, objectOf } from '../../core/mutations/json-inputs.js';
import { ProjectId } from '../project.js';
import { McpTransportType } from './mcp-server-config.js';
import { ToolId } from './ref.js';

const McpTransportInput = builder.inputType('McpTransportInput', {
  description: 'How the upstream connects to an MCP server.',
  fields: (t) => ({
    type: t.field({ type: McpTransportType, required: true, description: 'The MCP transport.' }),
    sessionId: t.string({ description: 'Session to resume.' }),
    requestInit: t.field({ type: 'JSONObject', description: 'Options of the HTTP requests.' }),
    eventSourceInit: t.field({ type: 'JSONObject', description: 'Options of the event stream.' }),
    reconnectionOptions: t.field({ type: 'JSONObject', description: 'Delays (ms) and number of reconnections.' }),
  }),
});

const McpToolOverrideInput = builder.inputType('McpToolOverrideInput', {
  description: 'Replacements for how an MCP server describes one of its functions.',
  fields: (t) => ({
    toolName: t.string({
      required: true,
      description: 'Name of the function on the server. Each function can be given once.',
    }),
    displayName: t.string({ description: 'Name to use instead.' }),
    description: t.string({ description: 'Description to use instead.' }),
    schema: t.field({ type: 'JSON', description: 'JSON Schema of the arguments to use instead.' }),
    transformation: t.field({
      type: 'JSON',
      description: 'How arguments are rewritten before the call: text, or an object with text values.',
    }),
  }),
});

export const McpServerConfigInput = builder.inputType('McpServerConfigInput', {
  description: 'The MCP server of a tool, and which parts of it are used.',
  fields: (t) => ({
    url: t.string({ required: true, description: 'URL of the MCP server.' }),
    transport: t.field({
      type: McpTransportInput,
      description: 'How to connect. By default, the upstream detects the transport.',
    }),
    activeTools: t.stringList({ description: 'Names of the functions to use. By default, all.' }),
    prompt: t.string({ description: 'Instructions for using the server.' }),
    toolOverrides: t.field({
      type: [McpToolOverrideInput],
      description: 'Functions whose description by the server is replaced.',
    }),
  }),
});

const override = z.object({
  toolName: z.string().min(1, 'A function must have a name.'),
  displayName: z.string().nullish(),
  description: z.string().nullish(),
  schema: z.unknown().optional(),
  transformation: z
    .union([z.string(), objectOf(z.string())], 'A transformation must be text, or an object with text values.')
    .nullish(),
});

const config = z.object(
  {
    url: z.url({ error: 'This is not a URL: expected one such as https://example.com/mcp.' }),
    transport: z
      .object({
        type: z.enum(['STREAMABLE_HTTP', 'SSE']),
        sessionId: z.string().nullish(),
        requestInit: jsonObject.nullish(),
        eventSourceInit: jsonObject.nullish(),
        reconnectionOptions: jsonObject.nullish(),
      })
      .nullish(),
    activeTools: z.array(z.string()).nullish(),
    prompt: z.string().nullish(),
    toolOverrides: z.array(override).nullish(),
  },
  'A tool must have a config.',
);

/** Empty text is allowed, because forms send it for no picture. */
const imageUrl = z
  .string()
  .refine((value) => value === '' || /^https?:\/\/[^\s]+$/i.test(value) || isImageData(value), {
    error: 'A picture must be an http(s) URL, or a base64 data URL of at most 1 MB.',
  });

function isImageData(value: string): boolean {
  return value.length <= 1_400_000 && /^data:image\/[\w.+-]+;base64,[A-Za-z0-9+/=]+$/.test(value);
}

const name = z
  .string('A tool must have a name.')
  .trim()
  .min(1, 'The name is empty: expected 1 to 256 characters.')
  .max(256, 'The name is too long: expected 1 to 256 characters.');

const optional = {
  description: z.string().nullish(),
  imageUrl: imageUrl.nullish(),
  headers: headersInput.nullish(),
  credentialReferenceId: z
    .string()
    .min(1, 'The id is empty: expected 1 to 256 characters, or null.')
    .max(256, 'The id is too long: expected 1 to 256 characters.')
    .nullish(),
  credentialScope: z.string().max(50, 'The scope is too long: expected at most 50 characters.').nullish(),
  capabilities: z
    .custom<Readonly<Record<string, unknown>>>(isJsonObject, 'Capabilities must be a JSON object.')
    .nullish(),
};

const createShape = z.object({
  project: nodeId(ProjectId),
  toolId: z
    .string()
    .trim()
    .refine((id) => INKEEP_ID.test(id) && id.length <= 255, 'An id must be 1 to 255 letters, digits, "-", "_" or ".".')
    .refine((id) => !['new', '.', '..'].includes(id), 'This id is reserved.')
    .nullish(),
  name,
  config,
  isWorkApp: z.boolean().nullish(),
  ...optional,
});

const updateShape = z.object({
  id: nodeId(ToolId),
  name: name.optional(),
  config: config.optional(),
  ...optional,
});

/** The checked input of createTool. Throws InvalidInputError with every problem. */
export function readCreateTool(input: unknown) {
  return parseInput(createShape, input, namedOnce('config', 'toolOverrides'));
}

/** The checked input of updateTool. Throws InvalidInputError with every problem. */
export function readUpdateTool(input: unknown) {
  return parseInput(updateShape, input, namedOnce('config', 'toolOverrides'), changesSomething('tool'));
}

/** The checked input of deleteTool. Throws InvalidInputError with every problem. */
export function readDeleteTool(input: unknown) {
  return parseInput(z.object({ id: nodeId(ToolId) }), input);
}

type Fields = Omit<z.infer<typeof updateShape>, 'id'>;

/** The REST body for the given fields, null included. A field that is null is cleared in the way that the upstream accepts. */
export function toolBody({ config, ...fields }: Fields): ToolBody {
  const body: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) {
    if (value !== undefined)
      body[key] = value === null && key in CLEARED ? CLEARED[key as keyof typeof CLEARED] : value;
  }
  return config === undefined ? body : { ...body, config: configBody(config) };
}

/** The values that clear a field for which the upstream rejects null. The scope is reset to the upstream's default. */
const CLEARED = { imageUrl: '', credentialScope: 'project' } as const;

const TRANSPORTS = { STREAMABLE_HTTP: 'streamable_http', SSE: 'sse' } as const;

function configBody({ url, transport, toolOverrides, ...rest }: z.infer<typeof config>) {
  const overrides = toolOverrides?.map(({ toolName, ...shown }) => [toolName, withoutNulls(shown)]);
  return {
    type: 'mcp',
    mcp: withoutNulls({
      server: { url },
      transport: transport && withoutNulls({ ...transport, type: TRANSPORTS[transport.type] }),
      toolOverrides: overrides && Object.fromEntries(overrides),
      ...rest,
    }),
  };
}

function withoutNulls(fields: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));
}

/**
 * Maps a path in the REST body of a tool to the path in the mutation's input. Overrides are an object by name upstream and a list
 * here: `config.mcp.toolOverrides.search.schema` becomes `config.toolOverrides.0.schema`.
 */
export function toToolInputPath(overrides: readonly { readonly toolName: string }[]) {
  return (path: readonly string[]): readonly string[] => {
    const [first, second, third, ...rest] = path;
    if (first !== 'config') return path;
    if (second !== 'mcp' || third === undefined) return ['config'];
    if (third === 'server') return ['config', ...rest];
    if (third !== 'toolOverrides' || rest[0] === undefined) return ['config', third, ...rest];
    const index = overrides.findIndex(({ toolName }) => toolName === rest[0]);
    return ['config', 'toolOverrides', ...(index < 0 ? [] : [String(index), ...rest.slice(1)])];
  };
}

import { z } from 'zod';
import { JsonObject } from '../../json.js';

// The messages are those of the upstream's responses, because clients show them.

const Id = z
  .string()
  .trim()
  .min(1, 'Id is required')
  .max(255)
  .regex(/^[a-zA-Z0-9\-_.]+$/, 'ID must contain only letters, numbers, hyphens, underscores, and dots')
  .refine((id) => id !== 'new', 'Must not use a reserved name "new"');

const RESERVED_HEADERS = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const HeaderName = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, 'Header name must be a valid RFC 7230 token');

const HeaderValue = z
  .string()
  .min(1)
  .max(1000)
  .regex(/^[^\r\n\0]+$/, 'Header value must not contain line breaks or null bytes');

const Headers = z.record(HeaderName, HeaderValue).superRefine((headers, ctx) => {
  for (const name of Object.keys(headers)) {
    if (RESERVED_HEADERS.has(name.toLowerCase())) {
      ctx.addIssue({ code: 'custom', message: `Reserved header name: ${name}` });
    }
  }
});

const IMAGE_BYTES = 1024 * 1024;

function isImage(text: string): boolean {
  if (text === '') return true;
  const data = /^data:image\/[a-z0-9.+-]+;base64,(.*)$/i.exec(text);
  if (data) return Buffer.from(data[1] ?? '', 'base64').length <= IMAGE_BYTES;
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

const ToolConfig = z.object({
  type: z.literal('mcp'),
  mcp: z.object({
    server: z.object({ url: z.url() }),
    transport: z
      .object({
        type: z.enum(['streamable_http', 'sse']),
        requestInit: JsonObject.optional(),
        eventSourceInit: JsonObject.optional(),
        reconnectionOptions: JsonObject.optional(),
        sessionId: z.string().optional(),
      })
      .optional(),
    activeTools: z.array(z.string()).optional(),
    toolOverrides: z
      .record(
        z.string(),
        z.object({
          displayName: z.string().optional(),
          description: z.string().optional(),
          schema: z.unknown().optional(),
          transformation: z.union([z.string(), z.record(z.string(), z.string())]).optional(),
        }),
      )
      .optional(),
    prompt: z.string().optional(),
  }),
});

/** Body of create-tool. Unknown members are dropped. */
export const ToolInsert = z.object({
  id: Id,
  name: z.string().trim().min(1, 'Name is required').max(256),
  description: z.string().nullish(),
  config: ToolConfig,
  credentialReferenceId: z.string().max(256).nullish(),
  credentialScope: z.string().max(50).optional(),
  headers: Headers.nullish(),
  imageUrl: z
    .string()
    .optional()
    .refine(
      (image) => image === undefined || isImage(image),
      'Image URL must be a valid HTTP(S) URL or a base64 data URL (max 1MB)',
    ),
  capabilities: JsonObject.nullish(),
  lastError: z.string().nullish(),
  isWorkApp: z.boolean().optional(),
});

/** Body of update-tool: any part of a tool, its id too. */
export const ToolUpdate = ToolInsert.partial();

/** Body of create-subagent-tool-relation. The id is required but ignored. */
export const RelationInsert = z.object({
  id: Id,
  subAgentId: Id,
  toolId: Id,
  selectedTools: z.array(z.string()).nullish(),
  headers: Headers.nullish(),
  toolPolicies: z.record(z.string(), z.object({ needsApproval: z.boolean().optional() })).nullish(),
});

/** Body of update-subagent-tool-relation. */
export const RelationUpdate = RelationInsert.partial();

/** The path of a row. Its own id is checked, the ids of its parents are not. */
export const ItemParams = z.object({ id: Id });

/** A fraction is accepted here; the database rejects it. */
export const Paging = z.object({
  page: z.coerce.number().min(1).default(1),
  limit: z.coerce.number().min(1).max(100).default(10),
});
export type Paging = z.output<typeof Paging>;

export const Status = z.enum(['healthy', 'unhealthy', 'unknown', 'needs_auth', 'unavailable']);
export type Status = z.output<typeof Status>;

export const ToolListQuery = Paging.extend({
  status: Status.optional(),
  skipDiscovery: z.enum(['true', 'false']).optional(),
});

export const RelationListQuery = Paging.extend({ subAgentId: z.string().optional(), toolId: z.string().optional() });
export const ProjectListQuery = Paging.extend({ include: z.enum(['agents']).optional() });
export const ToolStatusQuery = z.object({ status: Status.optional() });

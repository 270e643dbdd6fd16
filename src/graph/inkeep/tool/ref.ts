import { toRfc3339 } from '../../../upstream/date-time.js';
import { INKEEP_ID, type ToolKey } from '../../../upstream/inkeep/keys.js';
import type { AgentStatuses } from '../../../upstream/inkeep/readers/agent-statuses.js';
import type { UpstreamTool } from '../../../upstream/inkeep/tool.js';
import { type KnownRow, memberOf } from '../../../upstream/known-row.js';
import { builder } from '../../core/builder.js';
import { defineNodeId } from '../../core/ids/node-id.js';

export const ToolId = defineNodeId('Tool', ['tenantId', 'projectId', 'toolId'], INKEEP_ID);

/** A tool as resolvers pass it on: its key, and the rows that answers have included. */
export class ToolRef implements ToolKey {
  readonly __typename = 'Tool';
  readonly tenantId: string;
  readonly projectId: string;
  readonly toolId: string;
  /** The row with the stored fields. The answer to a probe has them too. */
  readonly stored?: UpstreamTool | undefined;
  /** The row with the live fields, if the upstream probed the tool. */
  readonly live?: UpstreamTool | undefined;
  /** The statuses of all tools of an agent, if one call reads them. They come without the other live fields. */
  readonly statuses?: AgentStatuses | undefined;
  /** The values that a mutation sent, if the tool was stored but could not be read back. */
  readonly known?: KnownRow<UpstreamTool> | undefined;
  /** Reads the stored fields, in place of the operation's own loader. */
  readonly readStored?: (() => Promise<UpstreamTool | null>) | undefined;

  constructor(key: ToolKey, stored: UpstreamTool | undefined, live: UpstreamTool | undefined) {
    this.tenantId = key.tenantId;
    this.projectId = key.projectId;
    this.toolId = key.toolId;
    this.stored = stored;
    this.live = live;
  }

  /** Encoded when it is selected. Generated code reads a member faster than it calls a resolver. */
  get id(): string {
    return ToolId.encode(this);
  }

  /** Whether the stored fields can be read from the members below without loading the row. */
  get hasMembers(): boolean {
    return (this.stored ?? this.known) !== undefined;
  }

  get name() {
    return member(this, 'name');
  }
  get description() {
    return member(this, 'description');
  }
  get imageUrl() {
    return member(this, 'imageUrl') || null;
  }
  get config() {
    return member(this, 'config')?.mcp ?? null;
  }
  get headers() {
    return member(this, 'headers');
  }
  get headerNames() {
    return this.headers && Object.keys(this.headers);
  }
  get credentialReferenceId() {
    return member(this, 'credentialReferenceId');
  }
  get credentialScope() {
    return member(this, 'credentialScope');
  }
  get capabilities() {
    return member(this, 'capabilities');
  }
  get isWorkApp() {
    return member(this, 'isWorkApp');
  }
  get createdAt() {
    return toRfc3339(member(this, 'createdAt'));
  }
  get updatedAt() {
    return toRfc3339(member(this, 'updatedAt'));
  }
}

/** A member of the row; null if it is not set. Throws if the row could not be read back and the member was not sent. */
function member<Name extends keyof UpstreamTool>({ stored, known }: ToolRef, name: Name) {
  if (stored) return stored[name] ?? null;
  return known ? (memberOf(known, name) ?? null) : null;
}

export const Tool = builder.objectRef<ToolRef>('Tool');

/** The tool with this key, without a read. A `live` row has the stored fields too. */
export function toolRef(key: ToolKey, stored?: UpstreamTool, live?: UpstreamTool): ToolRef {
  return new ToolRef(key, stored ?? live, live);
}

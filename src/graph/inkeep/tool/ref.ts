import { INKEEP_ID, type ToolKey } from '../../../upstream/inkeep/keys.js';
import type { AgentStatuses } from '../../../upstream/inkeep/readers/agent-statuses.js';
import type { UpstreamTool } from '../../../upstream/inkeep/tool.js';
import type { KnownRow } from '../../../upstream/known-row.js';
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
}

export const Tool = builder.objectRef<ToolRef>('Tool');

/** The tool with this key, without a read. A `live` row has the stored fields too. */
export function toolRef(key: ToolKey, stored?: UpstreamTool, live?: UpstreamTool): ToolRef {
  return new ToolRef(key, stored ?? live, live);
}

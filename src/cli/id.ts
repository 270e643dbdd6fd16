import { decodeNodeId } from '../graph/core/ids/node-id.js';
// The files of the types define the ids.
import '../graph/index.js';
import { CommandError, wrongUsage } from './command-error.js';

/**
 * Returns the type and the key of a global id, as indented JSON: `{"type": "Tool", "tenantId": …, "projectId": …, "toolId": …}`.
 * Throws a CommandError if the id is missing or is not a global id.
 */
export function describeId(id: string | undefined): string {
  if (id === undefined) throw wrongUsage('"id" needs a global id.');
  const decoded = decodeNodeId(id);
  if (!decoded) throw new CommandError(`"${id}" is not a global id of this gateway. Copy one from an "id" field.`, 1);
  return JSON.stringify({ type: decoded.idType.type, ...decoded.key }, null, 2);
}

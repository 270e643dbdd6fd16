import { useState } from 'react';
import { type FragmentType, graphql, readFragment } from '../gql/index.js';
import { DeleteTool } from './delete-tool.js';
import { StatusBadge } from './status-badge.js';

const Row = graphql(`
  fragment ToolCells on Tool { id name description config { url } }
`);

export function ToolRow({ tool: row, canEdit }: { tool: FragmentType<typeof Row>; canEdit: boolean }) {
  const tool = readFragment(Row, row);
  const [isDeleting, setDeleting] = useState(false);
  return (
    <tr>
      <th scope="row">
        {tool.name}
        <small>{tool.description}</small>
      </th>
      <td>
        <StatusBadge id={tool.id} />
      </td>
      <td className="address">{tool.config?.url}</td>
      <td>
        <button
          type="button"
          disabled={!canEdit}
          aria-label={`Delete ${tool.name}`}
          title={canEdit ? undefined : 'You may not edit this project'}
          onClick={() => setDeleting(true)}
        >
          Delete
        </button>
        {isDeleting && <DeleteTool id={tool.id} name={tool.name ?? tool.id} close={() => setDeleting(false)} />}
      </td>
    </tr>
  );
}

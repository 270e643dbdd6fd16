import type { VoiceToolRow } from './rows.js';
import type { ToolListQuery } from './schemas.js';

/** A page of the catalogue. `category_counts` covers the whole catalogue. An offset is null if there is no such page. */
export function toolPage(tools: readonly VoiceToolRow[], query: ToolListQuery) {
  const { limit, offset } = query;
  const found = tools.filter((tool) => matches(tool, query));
  const shown = found.slice(offset, offset + limit);
  const hasNext = offset + limit < found.length;
  return {
    tools: shown,
    total: found.length,
    count: shown.length,
    limit,
    offset,
    has_next: hasNext,
    has_prev: offset > 0,
    next_offset: hasNext ? offset + limit : null,
    prev_offset: offset > 0 ? Math.max(0, offset - limit) : null,
    category_counts: countBy(tools.map(({ category }) => category)),
  };
}

function matches(tool: VoiceToolRow, { category, type, search }: ToolListQuery): boolean {
  const text = [tool.name, tool.display_name, tool.description].join('\n').toLowerCase();
  return (
    (!category || tool.category === category) &&
    (!type || tool.implementation_type === type) &&
    (!search || text.includes(search.toLowerCase()))
  );
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

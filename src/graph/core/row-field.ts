import type { GraphContext } from './context.js';
import type { Need } from './look-ahead.js';

/**
 * Options of fields that are read from an upstream row: what they need, for the look-ahead, and how they resolve. A row that
 * is here already is read without waiting. Absent upstream and null are both null.
 */
export function rowFields<Ref, Row>(
  need: Need,
  rowOf: (ref: Ref) => Row | undefined,
  load: (context: GraphContext, ref: Ref) => Promise<Row | null>,
) {
  return <Value>(pick: (row: Row) => Value | null | undefined) => ({
    extensions: { needs: need },
    nullable: true as const,
    resolve: (ref: Ref, _args: object, context: GraphContext): Value | null | Promise<Value | null> => {
      const row = rowOf(ref);
      if (row !== undefined) return pick(row) ?? null;
      return load(context, ref).then((loaded) => (loaded === null ? null : (pick(loaded) ?? null)));
    },
  });
}

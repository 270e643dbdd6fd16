import type { GraphContext } from '../context.js';
import type { Need } from './look-ahead.js';

/**
 * Options for fields that show a part of an upstream row: what they need (for the look-ahead), and their resolver. The row is
 * taken from the ref if it is there, and otherwise loaded. A value that is absent upstream is null.
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

import { BREAK, type DocumentNode, visit } from 'graphql';
import type { Size, Variables } from '../../../graph/core/cost/cost-tree.js';

/** What `@defer` means for a document. */
export interface Deferral {
  /** The document without `@defer`, for clients that receive the whole result at once. The same object if it has none. */
  readonly whole: DocumentNode;
  /** The number of its `@defer`; 0 if its result cannot be delivered in parts. */
  readonly count: number;
}

/**
 * Reads the `@defer` of a valid document. A document with the alias `then` cannot be delivered in parts: the executor that does it
 * would take such an object for a promise.
 */
export function readDeferral(document: DocumentNode): Deferral {
  let count = 0;
  const whole = visit(document, {
    Directive({ name }) {
      if (name.value !== 'defer') return undefined;
      count += 1;
      return null;
    },
  });
  return { whole, count: count > 0 && hasAlias(document, 'then') ? 0 : count };
}

function hasAlias(document: DocumentNode, name: string): boolean {
  let isFound = false;
  visit(document, {
    Field({ alias }) {
      if (alias?.value !== name) return undefined;
      isFound = true;
      return BREAK;
    },
  });
  return isFound;
}

/** Whether the result can be delivered in parts, at most `maxParts`: each row may have one for each `@defer`. */
export function isDeferrable({ count }: Deferral, rows: Size, variables: Variables, maxParts: number): boolean {
  if (count === 0) return false;
  const atMost = typeof rows === 'number' ? rows : rows(variables);
  return count * (1 + atMost) <= maxParts;
}

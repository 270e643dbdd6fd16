import { Type } from '@sinclair/typebox';
import type { LaneName, UpstreamAnswer, UpstreamCall } from '../client/call.js';
import { UpstreamNotFound } from '../client/errors/upstream-errors.js';
import type { CallRecord, Operation } from '../operation.js';
import { badResponse, json, readShape, type Shape, shapeOf } from '../shapes.js';

const envelope = shapeOf(Type.Object({ data: json }));

/** One row that is being read: null if it does not exist. `record` counts keys in the report. */
export interface Item<Row> {
  readonly row: Promise<Row | null>;
  readonly record: CallRecord;
}

/**
 * Reads one row by its path; null for a 404. Rejects with UpstreamBadResponse if the answer has another row (an answer to another
 * request was observed on kept-alive sockets), and with the other UpstreamErrors.
 */
export function getItem<Row>(
  operation: Operation,
  name: string,
  path: readonly string[],
  shape: Shape<Row>,
  isRequested: (row: Row) => boolean,
  lane: LaneName = 'plain',
): Item<Row> {
  const call: UpstreamCall = { operation: name, method: 'GET', path, lane };
  const { answer, record } = operation.read('inkeep', call);
  return { record, row: readItem(call, answer, shape, isRequested) };
}

async function readItem<Row>(
  call: UpstreamCall,
  pending: Promise<UpstreamAnswer>,
  shape: Shape<Row>,
  isRequested: (row: Row) => boolean,
): Promise<Row | null> {
  try {
    const answer = await pending;
    const { data } = readShape('inkeep', envelope, call, answer);
    const row = readShape('inkeep', shape, call, answer, data);
    if (!isRequested(row)) throw badResponse('inkeep', call, answer, 'answered with another row');
    return row;
  } catch (error) {
    if (error instanceof UpstreamNotFound) return null;
    throw error;
  }
}

import type { Paging } from './schemas.js';

export interface Page<Row> {
  readonly data: readonly Row[];
  readonly pagination: {
    readonly page: number;
    readonly limit: number;
    readonly total: number;
    readonly pages: number;
  };
}

/**
 * One page of rows, in the given order. After the end it is empty, with the real totals.
 * Throws if a number is not whole: the upstream's database rejects the offset, and the response is a 500. (observed)
 */
export function pageOf<Row>(rows: readonly Row[], { page, limit }: Paging): Page<Row> {
  if (!Number.isInteger(page) || !Number.isInteger(limit)) throw new Error('invalid input syntax for type bigint');
  const offset = (page - 1) * limit;
  const total = rows.length;
  return {
    data: rows.slice(offset, offset + limit),
    pagination: { page, limit, total, pages: Math.ceil(total / limit) },
  };
}

/** The same page with each row mapped. */
export function mapPage<Row, Shown>({ data, pagination }: Page<Row>, show: (row: Row) => Shown): Page<Shown> {
  return { data: data.map(show), pagination };
}

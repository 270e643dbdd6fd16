/**
 * What is known of a stored row: all of it or, if neither the answer to the write nor a read after it could be used, the members
 * that were sent (`sent`) and the error of the read (`unread`).
 */
export type KnownRow<Row extends object> =
  | { readonly row: Row }
  | { readonly sent: Partial<Row>; readonly unread: unknown };

/** A member of the row. Throws `unread` if the row could not be read and the member was not sent. */
export function memberOf<Row extends object, Name extends keyof Row>(known: KnownRow<Row>, name: Name): Row[Name] {
  if ('row' in known) return known.row[name];
  if (!Object.hasOwn(known.sent, name)) throw known.unread;
  return known.sent[name] as Row[Name];
}

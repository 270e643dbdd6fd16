declare const brand: unique symbol;

/** A global id as the API gave it. Opaque: take it from an `id` field; the upstream's own ids are plain strings. */
export type GlobalId = string & { readonly [brand]: 'GlobalId' };

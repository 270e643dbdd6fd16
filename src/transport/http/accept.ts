import { LRUCache } from 'lru-cache';
import Negotiator from 'negotiator';
import { TRANSPORT_LIMITS } from '../limits.js';

/** The media type of an answer. */
export type AnswerType = JsonType | 'text/event-stream' | 'multipart/mixed';

type JsonType = 'application/json' | 'application/graphql-response+json';

/** The media types that a client accepts, as far as the gateway produces them. */
export interface Accepted {
  /** The preferred type of JSON; undefined if the client accepts none. */
  readonly json: JsonType | undefined;
  /** Only if the header names the type: a client that accepts any type does not expect a response without end. */
  readonly stream: boolean;
  /** Parts of a result with `@defer`, in the format of 2022-08-24. Only if the header names the type. */
  readonly parts: boolean;
}

/** `application/json` is first because it is what a wildcard selects. */
const JSON_TYPES: JsonType[] = ['application/json', 'application/graphql-response+json'];
const STREAM = 'text/event-stream';
const PARTS = 'multipart/mixed';
/** Apollo Client names the format: with this parameter the type also matches a header without it. */
const PARTS_WITH_FORMAT = `${PARTS};deferSpec=20220824`;

/**
 * Reads an Accept header by RFC 9110, 12.5.1: it selects the JSON type with the highest weight, or the first of equal weights.
 * A type of weight 0 is not accepted. Without a header every type is accepted.
 */
export function readAccept(header: string | undefined): Accepted {
  const known = KNOWN.get(header ?? '');
  if (known) return known;
  const accepted = parseAccept(header);
  KNOWN.set(header ?? '', accepted);
  return accepted;
}

const KNOWN = new LRUCache<string, Accepted>({ max: TRANSPORT_LIMITS.http.maxRememberedAccepts });

function parseAccept(header: string | undefined): Accepted {
  const negotiator = new Negotiator({ headers: { accept: header || '*/*' } });
  const isNamed = (type: string): boolean => Boolean(header?.toLowerCase().includes(type));
  return {
    json: negotiator.mediaType(JSON_TYPES) as JsonType | undefined,
    stream: isNamed(STREAM) && negotiator.mediaType([STREAM]) !== undefined,
    parts: isNamed(PARTS) && negotiator.mediaType([PARTS_WITH_FORMAT]) !== undefined,
  };
}

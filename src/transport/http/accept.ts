import Negotiator from 'negotiator';

/** How an answer is written. */
export type AnswerType = 'application/json' | 'application/graphql-response+json' | 'text/event-stream';

type JsonType = Exclude<AnswerType, 'text/event-stream'>;

/** What a client takes: at most one kind of JSON, and perhaps a stream of events. */
export interface Accepted {
  readonly json: JsonType | undefined;
  /** Only if it is named: a client that takes anything does not expect an answer without end. */
  readonly stream: boolean;
}

/** `application/json` first: it is what a wildcard stands for. */
const JSON_TYPES: JsonType[] = ['application/json', 'application/graphql-response+json'];
const STREAM = 'text/event-stream';

/**
 * Reads an Accept header by RFC 9110, 12.5.1: the JSON type with the highest weight, of equal weights the one named first.
 * A type of weight 0 is not accepted. No header accepts everything.
 */
export function readAccept(header: string | undefined): Accepted {
  const negotiator = new Negotiator({ headers: { accept: header || '*/*' } });
  return {
    json: negotiator.mediaType(JSON_TYPES) as JsonType | undefined,
    stream: Boolean(header?.toLowerCase().includes(STREAM)) && negotiator.mediaType([STREAM]) === STREAM,
  };
}

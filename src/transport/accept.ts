/** How an answer is written. */
export type AnswerType = 'application/json' | 'application/graphql-response+json' | 'text/event-stream';

/** What a client takes: at most one kind of JSON, and perhaps a stream of events. */
export interface Accepted {
  readonly json: Exclude<AnswerType, 'text/event-stream'> | undefined;
  /** Only when it is named: a client that takes anything does not expect an answer without end. */
  readonly stream: boolean;
}

/** Reads an Accept header: the first JSON type named counts, a wildcard stands for `application/json`. Weights are not read. */
export function readAccept(header: string | undefined): Accepted {
  const types = (header || '*/*').split(',').map((item) => item.split(';')[0]?.trim().toLowerCase());
  return {
    json: types.map((type) => JSON_FOR.get(type)).find((type) => type !== undefined),
    stream: types.includes('text/event-stream'),
  };
}

const JSON_FOR = new Map<string | undefined, Accepted['json']>([
  ['application/json', 'application/json'],
  ['application/graphql-response+json', 'application/graphql-response+json'],
  ['application/*', 'application/json'],
  ['*/*', 'application/json'],
]);

import { isJsonObject, parseJson } from '../../exact-json.js';
import { badInput } from './public-errors.js';

/** The checked parameters of a GraphQL request. Unknown parameters are ignored, as the specification requires. */
export interface OperationParams {
  /** The text of the document. Undefined if the request has the id of a persisted operation instead. */
  readonly query: string | undefined;
  /** The id of a persisted operation. Undefined if the request has a document: that is executed then. */
  readonly documentId: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Undefined if it is absent, null or empty. */
  readonly operationName?: string | undefined;
}

/** Parameters from a JSON body. Throws a GraphQLError with HTTP status 400, whose message contains nothing of the body. */
export function paramsFromBody(body: string): OperationParams {
  const value = readJson(body, 'The request body');
  if (Array.isArray(value)) throw malformed('Batches are not supported: send one operation per request.');
  if (!isJsonObject(value)) throw malformed('The request body must be a JSON object with a string "query".');
  return readParams(value);
}

/** Parameters from a URL query, where `variables` and `extensions` are JSON text. Throws like `paramsFromBody`. */
export function paramsFromUrl(search: URLSearchParams): OperationParams {
  const jsonOf = (name: string): unknown => {
    const text = search.get(name);
    return text ? readJson(text, `The parameter "${name}"`) : undefined;
  };
  return readParams({
    query: search.get('query') ?? undefined,
    documentId: search.get('documentId'),
    doc_id: search.get('doc_id'),
    id: search.get('id'),
    operationName: search.get('operationName'),
    variables: jsonOf('variables'),
    extensions: jsonOf('extensions'),
  });
}

/**
 * Checks the members of a request, in the same way for every transport. Throws a GraphQLError with HTTP status 400 that names
 * the member of a wrong type.
 */
export function readParams(members: Readonly<Record<string, unknown>>): OperationParams {
  const { query, operationName } = members;
  const variables = objectIn(members, 'variables');
  const extensions = objectIn(members, 'extensions');
  const documentId = query ? undefined : readDocumentId(members, extensions);
  if (documentId === undefined && typeof query !== 'string')
    throw malformed('The request has no "query", or it is not a string.');
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string') {
    throw malformed('"operationName" must be a string.');
  }
  return {
    query: documentId === undefined ? (query as string) : undefined,
    documentId,
    variables: variables ?? {},
    operationName: operationName || undefined,
  };
}

/** The id that stands for a document: of Apollo and codegen, of GraphQL over HTTP, of Relay, and of other clients. */
function readDocumentId(
  members: Readonly<Record<string, unknown>>,
  extensions: Readonly<Record<string, unknown>> | undefined,
): string | undefined {
  const persistedQuery = extensions?.persistedQuery;
  const hash = isJsonObject(persistedQuery) ? persistedQuery.sha256Hash : persistedQuery;
  const ids = [hash, members.documentId, members.doc_id, members.id];
  return ids.find((id): id is string => typeof id === 'string' && id !== '');
}

function objectIn(members: Readonly<Record<string, unknown>>, name: string): Record<string, unknown> | undefined {
  const value = members[name];
  if (value === undefined || value === null) return undefined;
  if (!isJsonObject(value)) throw malformed(`"${name}" must be a JSON object.`);
  return value;
}

/** The message of the parser is not used: it would contain a part of the text. */
function readJson(text: string, what: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    throw malformed(`${what} is ${error instanceof RangeError ? 'nested too deeply' : 'not valid JSON'}.`);
  }
}

function malformed(message: string) {
  return badInput(message, { http: { status: 400 } });
}

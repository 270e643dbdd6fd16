import { isJsonObject, parseJson } from '../../exact-json.js';
import { badInput, persistedQueryNotSupported } from './public-errors.js';

/** The checked parameters of a GraphQL request. Unknown parameters are ignored, as the specification requires. */
export interface OperationParams {
  readonly query: string;
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
    operationName: search.get('operationName'),
    variables: jsonOf('variables'),
    extensions: jsonOf('extensions'),
  });
}

/**
 * Checks the members of a request, in the same way for every transport. Throws a GraphQLError with HTTP status 400 that names
 * the member of a wrong type, or PERSISTED_QUERY_NOT_SUPPORTED if the request has the hash of a query and no query.
 */
export function readParams(members: Readonly<Record<string, unknown>>): OperationParams {
  const { query, operationName } = members;
  const variables = objectIn(members, 'variables');
  const extensions = objectIn(members, 'extensions');
  if (!query && isJsonObject(extensions?.persistedQuery)) throw persistedQueryNotSupported();
  if (typeof query !== 'string') throw malformed('The request has no "query", or it is not a string.');
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string') {
    throw malformed('"operationName" must be a string.');
  }
  return { query, variables: variables ?? {}, operationName: operationName || undefined };
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

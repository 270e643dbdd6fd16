import { badInput } from './errors.js';

/** The parameters of a GraphQL request, checked for their JSON types. Unknown ones are ignored, as the specification asks. */
export interface OperationParams {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName?: string | undefined;
}

/** Parameters from a JSON body. Throws a GraphQLError with HTTP status 400; its message repeats nothing of the body. */
export function paramsFromBody(body: string): OperationParams {
  const value = parseJson(body, 'The request body');
  if (Array.isArray(value)) throw malformed('Batches are not supported: send one operation per request.');
  if (!isObject(value)) throw malformed('The request body must be a JSON object with a string "query".');
  return checked(value.query, value.variables, value.operationName);
}

/** Parameters from a URL query, where `variables` is JSON text. Throws like `paramsFromBody`. */
export function paramsFromUrl(search: URLSearchParams): OperationParams {
  const variables = search.get('variables');
  return checked(
    search.get('query') ?? undefined,
    variables ? parseJson(variables, 'The parameter "variables"') : undefined,
    search.get('operationName') || undefined,
  );
}

function checked(query: unknown, variables: unknown, operationName: unknown): OperationParams {
  if (typeof query !== 'string') throw malformed('The request has no "query", or it is not a string.');
  if (variables !== undefined && variables !== null && !isObject(variables)) {
    throw malformed('"variables" must be a JSON object.');
  }
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string') {
    throw malformed('"operationName" must be a string.');
  }
  return { query, variables: variables ?? {}, operationName: operationName || undefined };
}

/** The parser's own message would repeat a piece of the text. */
function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed(`${what} is not valid JSON.`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function malformed(message: string) {
  return badInput(message, { http: { status: 400 } });
}

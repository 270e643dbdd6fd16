import { LinkEndMissing, PairExists } from '../upstream/errors.js';
import { UpstreamForbidden, UpstreamNotFound, UpstreamRejected } from '../upstream/http/errors.js';
import { forgetReads, type GraphContext } from './context.js';
import { toGraphQLError } from './errors.js';
import { ConflictError, ForbiddenError, InvalidInputError, NotFoundError, UserError } from './user-errors.js';

interface WriteOptions {
  /** The field of `input` that names what must exist. */
  readonly target: string;
  /** A place in the REST body as the place in `input` that it came from. */
  readonly toInputPath?: (path: readonly string[]) => readonly string[];
}

/**
 * Runs the writing part of a mutation. What a form can show is thrown as a UserError, which becomes a member of the result
 * union; the rest as a GraphQLError. Reads of the operation are forgotten, so that the payload shows what is now.
 */
export async function write<Payload>(
  context: GraphContext,
  { target, toInputPath = (path) => path }: WriteOptions,
  run: () => Promise<Payload>,
): Promise<Payload> {
  try {
    return await run();
  } catch (error) {
    throw toUserError(error, target, toInputPath) ?? toGraphQLError(error, true) ?? error;
  } finally {
    forgetReads(context);
  }
}

function toUserError(
  error: unknown,
  target: string,
  toInputPath: (path: readonly string[]) => readonly string[],
): UserError | undefined {
  if (error instanceof UserError) return error;
  if (error instanceof UpstreamNotFound)
    return new NotFoundError('There is no such thing, or it is hidden from you.', [target]);
  if (error instanceof LinkEndMissing) {
    return new NotFoundError(`There is no such ${error.end === 'tool' ? 'tool' : 'sub-agent'}.`, [error.end]);
  }
  if (error instanceof PairExists) {
    return new ConflictError('The sub-agent has this tool already, by another relation.', null);
  }
  if (error instanceof UpstreamForbidden) return new ForbiddenError('You may not do that.', null);
  if (error instanceof UpstreamRejected) return rejected(error, toInputPath);
  return undefined;
}

function rejected(error: UpstreamRejected, toInputPath: (path: readonly string[]) => readonly string[]): UserError {
  if (error.call.status === 409) return new ConflictError('It is there already, and may be there only once.', null);
  const issues = error.fields.map(({ path, message }) => ({ path: toInputPath(path), message }));
  return new InvalidInputError(
    issues.length > 0 ? issues : [{ path: [], message: 'The upstream did not accept the input, and did not say why.' }],
  );
}

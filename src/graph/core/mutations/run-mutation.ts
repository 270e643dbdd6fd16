import { GraphQLError } from 'graphql';
import {
  InvalidPathSegment,
  UpstreamError,
  UpstreamForbidden,
  UpstreamNotFound,
  UpstreamRejected,
} from '../../../upstream/client/errors/upstream-errors.js';
import type { ProjectKey } from '../../../upstream/inkeep/keys.js';
import { LinkEndMissing, PairExists } from '../../../upstream/operation-errors.js';
import type { GraphContext } from '../context.js';
import { toGraphQLError } from '../errors/error-codes.js';
import { repeatsSecret } from './repeats-secret.js';
import { ConflictError, ForbiddenError, InvalidInputError, NotFoundError, UserError } from './user-errors.js';

type Path = readonly string[];

interface MutationOptions {
  /** What live status polls immediately if the mutation may have changed something: one tool or, without `toolId`, the lists of tools. */
  readonly touches?: ProjectKey & { readonly toolId?: string };
  /** The field of `input` that names the object that must exist. */
  readonly target: string;
  /** The path in `input` of a conflict; null, the default, if a conflict concerns the whole input. */
  readonly conflict?: Path | null;
  /** Maps a path in the REST body to the path in `input` that it came from. */
  readonly toInputPath?: (path: Path) => Path;
  /** Parts of `input` that may hold secrets. A message of the upstream is shown only if it repeats no part of them. */
  readonly secrets?: readonly unknown[];
}

/**
 * Runs the upstream calls of a mutation and returns what `run` returns. Throws a UserError for a failure that a form can show, which
 * becomes a member of the result union, and a GraphQLError for other upstream failures. Afterwards the reads of the operation are
 * forgotten, so that the payload is read again.
 */
export async function runMutation<Payload>(
  context: GraphContext,
  options: MutationOptions,
  run: () => Promise<Payload>,
): Promise<Payload> {
  const { operation } = context;
  const { effects } = operation;
  try {
    return await run();
  } catch (error) {
    throw toUserError(error, options) ?? toGraphQLError(error, isWrite(error)) ?? error;
  } finally {
    context.forgetReads();
    if (options.touches && operation.effects > effects) context.status.touch(options.touches, options.touches.toolId);
  }
}

/** The error of a field whose object was stored and could not be read back. `what` is a sentence about what was done. */
export function storedButUnread(error: unknown, what: string): unknown {
  const shown = toGraphQLError(error);
  return shown ? new GraphQLError(`${what} ${shown.message}`, { extensions: shown.extensions }) : error;
}

/** Whether the call that failed may have changed something. A mutation also makes reads, before it writes. */
function isWrite(error: unknown): boolean {
  return error instanceof UpstreamError && error.call.method !== 'GET';
}

function toUserError(error: unknown, { target, conflict = null, ...options }: MutationOptions): UserError | undefined {
  if (error instanceof UserError) return error;
  if (error instanceof InvalidPathSegment) {
    return new InvalidInputError([{ path: [target], message: 'This names something that cannot exist.' }]);
  }
  if (error instanceof UpstreamNotFound)
    return new NotFoundError('This does not exist, or you may not see it.', [target]);
  if (error instanceof LinkEndMissing) {
    return new NotFoundError(`There is no such ${error.end === 'tool' ? 'tool' : 'sub-agent'}.`, [error.end]);
  }
  if (error instanceof PairExists) {
    return new ConflictError('Another relation already gives the sub-agent this tool.', conflict);
  }
  if (error instanceof UpstreamForbidden) return new ForbiddenError('You are not allowed to do this.', null);
  if (!(error instanceof UpstreamRejected)) return undefined;
  return error.call.status === 409
    ? new ConflictError('This already exists, and can exist only once.', conflict)
    : refused(error, options);
}

function refused(
  { fields, reason }: UpstreamRejected,
  { toInputPath = (path) => path, secrets = [] }: Pick<MutationOptions, 'toInputPath' | 'secrets'>,
): InvalidInputError {
  const isShown = (message: string): boolean => !repeatsSecret(message, secrets);
  if (fields.length === 0) {
    const message =
      reason !== undefined && isShown(reason) ? reason : 'The upstream did not accept the input and gave no reason.';
    return new InvalidInputError([{ path: [], message }]);
  }
  return new InvalidInputError(
    fields.map(({ path, message }) => ({
      path: toInputPath(path),
      message: isShown(message) ? message : 'The upstream did not accept this value.',
    })),
  );
}

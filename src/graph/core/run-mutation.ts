import { GraphQLError } from 'graphql';
import {
  InvalidPathSegment,
  UpstreamError,
  UpstreamForbidden,
  UpstreamNotFound,
  UpstreamRejected,
} from '../../upstream/client/upstream-errors.js';
import type { ProjectKey } from '../../upstream/inkeep/keys.js';
import { LinkEndMissing, PairExists } from '../../upstream/operation-errors.js';
import type { GraphContext } from './context.js';
import { toGraphQLError } from './error-codes.js';
import { ConflictError, ForbiddenError, InvalidInputError, NotFoundError, UserError } from './user-errors.js';

type Path = readonly string[];

interface WriteOptions {
  /** What is polled at once if the write may have changed something: a tool or, without one, which tools belong to what. */
  readonly touches?: ProjectKey & { readonly toolId?: string };
  /** The field of `input` that names what must exist. */
  readonly target: string;
  /** Where in `input` a conflict is, where there can be one; null, as where it is left out: it is about the whole. */
  readonly conflict?: Path | null;
  /** A place in the REST body as the place in `input` that it came from. */
  readonly toInputPath?: (path: Path) => Path;
  /** Parts of `input` that may hold secrets. The upstream's words about a field are shown only where they repeat none of it. */
  readonly secrets?: readonly unknown[];
}

/**
 * Runs the writing part of a mutation. What a form can show is thrown as a UserError, which becomes a member of the result
 * union; the rest as a GraphQLError. Reads of the operation are forgotten, so that the payload shows what is now.
 */
export async function write<Payload>(
  context: GraphContext,
  options: WriteOptions,
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

/** The error of a field of something that has been stored, and could not be read back; `what` says what was done. */
export function storedButUnread(error: unknown, what: string): unknown {
  const shown = toGraphQLError(error);
  return shown ? new GraphQLError(`${what} ${shown.message}`, { extensions: shown.extensions }) : error;
}

/** A mutation also reads, before it writes; that such a call failed leaves no doubt about what was changed. */
function isWrite(error: unknown): boolean {
  return error instanceof UpstreamError && error.call.method !== 'GET';
}

function toUserError(error: unknown, { target, conflict = null, ...options }: WriteOptions): UserError | undefined {
  if (error instanceof UserError) return error;
  if (error instanceof InvalidPathSegment) {
    return new InvalidInputError([{ path: [target], message: 'This names something that cannot exist.' }]);
  }
  if (error instanceof UpstreamNotFound)
    return new NotFoundError('There is no such thing, or it is hidden from you.', [target]);
  if (error instanceof LinkEndMissing) {
    return new NotFoundError(`There is no such ${error.end === 'tool' ? 'tool' : 'sub-agent'}.`, [error.end]);
  }
  if (error instanceof PairExists) {
    return new ConflictError('The sub-agent has this tool already, by another relation.', conflict);
  }
  if (error instanceof UpstreamForbidden) return new ForbiddenError('You may not do that.', null);
  if (!(error instanceof UpstreamRejected)) return undefined;
  return error.call.status === 409
    ? new ConflictError('It is there already, and may be there only once.', conflict)
    : refused(error, options);
}

function refused(
  { fields, reason }: UpstreamRejected,
  { toInputPath = (path) => path, secrets = [] }: Pick<WriteOptions, 'toInputPath' | 'secrets'>,
): InvalidInputError {
  const hidden = textsIn(secrets);
  if (fields.length === 0) {
    const isShown = reason !== undefined && !hidden.some((text) => reason.includes(text));
    const message = isShown ? reason : 'The upstream did not accept the input, and did not say why.';
    return new InvalidInputError([{ path: [], message }]);
  }
  const shown = (message: string): string =>
    hidden.some((text) => message.includes(text)) ? 'The upstream did not accept this value.' : message;
  return new InvalidInputError(
    fields.map(({ path, message }) => ({ path: toInputPath(path), message: shown(message) })),
  );
}

/** Shorter texts are found in any sentence, and guard nothing. */
const SHORTEST_SECRET = 4;

/** What is looked for of a longer one: the upstream's words are cut, and may end in the midst of it. */
const SECRET_BEGINNING = 8;

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.length < SHORTEST_SECRET ? [] : [value.slice(0, SECRET_BEGINNING)];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

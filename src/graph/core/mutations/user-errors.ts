/** Errors that a form can show, as members of every mutation's result union. Their GraphQL types are in `user-error-types.ts`. */
export abstract class UserError extends Error {
  abstract readonly code: 'INVALID_INPUT' | 'NOT_FOUND' | 'CONFLICT' | 'FORBIDDEN';
  /** Path in `input`; null if the error concerns the whole input. */
  readonly path: readonly string[] | null;

  constructor(message: string, path: readonly string[] | null) {
    super(message);
    this.path = path;
  }
}

export interface InputIssue {
  /** Path in `input`, such as `["config", "url"]`. */
  readonly path: readonly string[];
  readonly message: string;
}

/** All problems of the input. If there is only one, its path is also the path of the error. */
export class InvalidInputError extends UserError {
  readonly code = 'INVALID_INPUT';
  readonly issues: readonly InputIssue[];

  constructor(issues: readonly InputIssue[]) {
    const [only, ...others] = issues;
    const isOne = only !== undefined && others.length === 0;
    const path = isOne && only.path.length > 0 ? only.path : null;
    super(isOne ? only.message : `The input has ${issues.length} problems.`, path);
    this.issues = issues;
  }
}

export class NotFoundError extends UserError {
  readonly code = 'NOT_FOUND';
}

export class ConflictError extends UserError {
  readonly code = 'CONFLICT';
}

export class ForbiddenError extends UserError {
  readonly code = 'FORBIDDEN';
}

/** Problems that a form can show: members of every mutation's result union. Their GraphQL types are in `user-error-types.ts`. */
export abstract class UserError extends Error {
  abstract readonly code: 'INVALID_INPUT' | 'NOT_FOUND' | 'CONFLICT' | 'FORBIDDEN';
  /** Path into `input`; null: the whole. */
  readonly path: readonly string[] | null;

  constructor(message: string, path: readonly string[] | null) {
    super(message);
    this.path = path;
  }
}

export interface InputIssue {
  /** Path into `input`, such as `["config", "url"]`. */
  readonly path: readonly string[];
  readonly message: string;
}

/** Every problem of the input at once; its own path is that of the only issue, where there is one. */
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

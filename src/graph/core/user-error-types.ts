import { builder } from './builder.js';
import {
  ConflictError,
  ForbiddenError,
  type InputIssue,
  InvalidInputError,
  NotFoundError,
  type UserError,
} from './user-errors.js';

const UserErrorCode = builder.enumType('UserErrorCode', {
  description: 'What kind of problem a form has to show.',
  values: {
    INVALID_INPUT: { description: 'The input cannot be used as it is.' },
    NOT_FOUND: { description: 'Something the input names does not exist, or is hidden from this caller.' },
    CONFLICT: { description: 'What is asked for is there already, and may be there only once.' },
    FORBIDDEN: { description: 'The upstream does not allow this caller to do that.' },
  },
});

const UserErrorInterface = builder.interfaceRef<UserError>('UserError').implement({
  description: 'A problem that the caller can mend or a form can show.',
  fields: (t) => ({
    message: t.exposeString('message', {
      nullable: false,
      description: 'What is wrong and what was expected, in English.',
    }),
    code: t.field({
      type: UserErrorCode,
      nullable: false,
      description: 'The kind of problem; stable, so clients can translate by it.',
      resolve: (error) => error.code,
    }),
    path: t.stringList({
      nullable: true,
      description: 'The place in `input`, such as `["tool"]`; null where it is the input as a whole.',
      resolve: (error) => (error.path === null ? null : [...error.path]),
    }),
  }),
});

const InputIssueType = builder.objectRef<InputIssue>('InputIssue').implement({
  description: 'One problem of the input.',
  fields: (t) => ({
    path: t.stringList({
      nullable: false,
      description: 'The place in `input`, such as `["config", "url"]`.',
      resolve: (issue) => [...issue.path],
    }),
    message: t.exposeString('message', { nullable: false, description: 'What is wrong and what was expected.' }),
  }),
});

builder.objectType(InvalidInputError, {
  name: 'InvalidInputError',
  description: 'The input cannot be used. Nothing was changed.',
  interfaces: [UserErrorInterface],
  isTypeOf: (value) => value instanceof InvalidInputError,
  fields: (t) => ({
    issues: t.field({
      type: [InputIssueType],
      nullable: false,
      description: 'Every problem at once.',
      resolve: (error) => [...error.issues],
    }),
  }),
});

builder.objectType(NotFoundError, {
  name: 'NotFoundError',
  description: 'Something the input names does not exist, or is hidden from this caller. Nothing was changed.',
  interfaces: [UserErrorInterface],
  isTypeOf: (value) => value instanceof NotFoundError,
});

builder.objectType(ConflictError, {
  name: 'ConflictError',
  description: 'What is asked for is there already, and may be there only once. Nothing was changed.',
  interfaces: [UserErrorInterface],
  isTypeOf: (value) => value instanceof ConflictError,
});

builder.objectType(ForbiddenError, {
  name: 'ForbiddenError',
  description: 'The upstream does not allow this caller to do that. Nothing was changed.',
  interfaces: [UserErrorInterface],
  isTypeOf: (value) => value instanceof ForbiddenError,
});

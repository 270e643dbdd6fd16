import { builder } from '../builder.js';
import {
  ConflictError,
  ForbiddenError,
  type InputIssue,
  InvalidInputError,
  NotFoundError,
  type UserError,
} from './user-errors.js';

const UserErrorCode = builder.enumType('UserErrorCode', {
  description: 'The kind of an error that a form can show.',
  values: {
    INVALID_INPUT: { description: 'The input is not valid.' },
    NOT_FOUND: { description: 'An object that the input names does not exist, or this caller may not see it.' },
    CONFLICT: { description: 'The object already exists, and can exist only once.' },
    FORBIDDEN: { description: 'The upstream does not allow this caller to do that.' },
  },
});

const UserErrorInterface = builder.interfaceRef<UserError>('UserError').implement({
  description: 'An error that the caller can fix or a form can show.',
  fields: (t) => ({
    message: t.exposeString('message', {
      nullable: false,
      description: 'What is wrong and what is expected, in English.',
    }),
    code: t.field({
      type: UserErrorCode,
      nullable: false,
      description: 'The kind of error. Stable, so clients can translate it.',
      resolve: (error) => error.code,
    }),
    path: t.stringList({
      nullable: true,
      description: 'The path in `input`, such as `["tool"]`; null if the error concerns the whole input.',
      resolve: (error) => (error.path === null ? null : [...error.path]),
    }),
  }),
});

const InputIssueType = builder.objectRef<InputIssue>('InputIssue').implement({
  description: 'One problem in the input.',
  fields: (t) => ({
    path: t.stringList({
      nullable: false,
      description: 'The path in `input`, such as `["config", "url"]`.',
      resolve: (issue) => [...issue.path],
    }),
    message: t.exposeString('message', { nullable: false, description: 'What is wrong and what is expected.' }),
  }),
});

builder.objectType(InvalidInputError, {
  name: 'InvalidInputError',
  description: 'The input is not valid. Nothing was changed.',
  interfaces: [UserErrorInterface],
  isTypeOf: (value) => value instanceof InvalidInputError,
  fields: (t) => ({
    issues: t.field({
      type: [InputIssueType],
      nullable: false,
      description: 'All problems of the input.',
      resolve: (error) => [...error.issues],
    }),
  }),
});

builder.objectType(NotFoundError, {
  name: 'NotFoundError',
  description: 'An object that the input names does not exist, or this caller may not see it. Nothing was changed.',
  interfaces: [UserErrorInterface],
  isTypeOf: (value) => value instanceof NotFoundError,
});

builder.objectType(ConflictError, {
  name: 'ConflictError',
  description: 'The object already exists, and can exist only once. Nothing was changed.',
  interfaces: [UserErrorInterface],
  isTypeOf: (value) => value instanceof ConflictError,
});

builder.objectType(ForbiddenError, {
  name: 'ForbiddenError',
  description: 'The upstream does not allow this caller to do that. Nothing was changed.',
  interfaces: [UserErrorInterface],
  isTypeOf: (value) => value instanceof ForbiddenError,
});

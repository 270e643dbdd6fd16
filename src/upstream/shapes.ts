import { Kind, type Static, type TSchema, Type, TypeRegistry } from '@sinclair/typebox';
import { type TypeCheck, TypeCompiler, type ValueError, ValueErrorType } from '@sinclair/typebox/compiler';
import { ExactNumber, isJsonObject } from '../exact-json.js';
import type { Service, UpstreamAnswer, UpstreamCall } from './client/call.js';
import { UpstreamBadResponse } from './client/errors/upstream-errors.js';

// Values are checked and never converted, so that a row is the object that was parsed. Resolvers convert what is selected.

TypeRegistry.Set('JsonObject', (_schema, value) => isJsonObject(value));
TypeRegistry.Set('JsonNumber', (_schema, value) =>
  Number.isFinite(value instanceof ExactNumber ? value.valueOf() : value),
);

/** A member that may be null or absent. Both mean "not set" upstream: tools leave fields out, other resources have null. */
export function optional<Schema extends TSchema>(schema: Schema) {
  return Type.Optional(Type.Union([schema, Type.Null()]));
}

/** A JSON object whose members all have this shape. */
export function objectOf<Schema extends TSchema>(schema: Schema) {
  return Type.Unsafe<Readonly<Record<string, Static<Schema>>>>(Type.Object({}, { additionalProperties: schema }));
}

/** A JSON object with any members. */
export const jsonObject = Type.Unsafe<Readonly<Record<string, unknown>>>({ [Kind]: 'JsonObject' });

/** A number that a double represents, if not exactly. */
export const jsonNumber = Type.Unsafe<number | ExactNumber>({ [Kind]: 'JsonNumber' });

/** The number of rows of a list. */
export const rowCount = Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1 });

/** Any JSON, null or absent. */
export const json = Type.Optional(Type.Unknown());

/** Text, null or absent. */
export const text = optional(Type.String());

/** True, false, null or absent. */
export const flag = optional(Type.Boolean());

/** The check of a shape, as code that was compiled for it. Members that the shape does not name are allowed. */
export type Shape<Value> = Pick<TypeCheck<TSchema & { static: Value }>, 'Check' | 'Errors'>;

/** Compiles the check of a shape, which takes about a millisecond. */
export function shapeOf<Schema extends TSchema>(schema: Schema): Shape<Static<Schema>> {
  return TypeCompiler.Compile(schema) as Shape<Static<Schema>>;
}

/** Creates and logs the error for an answer of the wrong shape, or about another object. */
export function badResponse(
  service: Service,
  call: UpstreamCall,
  answer: UpstreamAnswer,
  what: string,
): UpstreamBadResponse {
  const error = new UpstreamBadResponse(what, {
    service,
    operation: call.operation,
    method: call.method,
    path: `/${call.path.join('/')}`,
    status: answer.status,
    requestId: answer.requestId,
  });
  answer.onUnusable?.(error);
  return error;
}

/**
 * Returns `value`, the body of an answer or a part of it, if it has this shape. Otherwise throws UpstreamBadResponse, naming the
 * first member that does not fit, but not its value.
 */
export function readShape<Value>(
  service: Service,
  shape: Shape<Value>,
  call: UpstreamCall,
  answer: UpstreamAnswer,
  value: unknown = answer.body,
): Value {
  if (shape.Check(value)) return value as Value;
  throw badResponse(
    service,
    call,
    answer,
    `answered in an unknown shape at ${wrongMember(shape.Errors(value).First())}`,
  );
}

/** The place of an error, such as `0.config.mcp`. The error of a union only has the place of the union: its first member has the exact one. */
function wrongMember(error: ValueError | undefined): string {
  const inner = error?.type === ValueErrorType.Union ? error.errors[0]?.First() : undefined;
  if (inner) return wrongMember(inner);
  const names = error?.path.split('/').slice(1) ?? [];
  return names.map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~')).join('.') || 'the top';
}

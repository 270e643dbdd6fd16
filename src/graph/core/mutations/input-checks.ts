import { z } from 'zod';
import { GRAPH_LIMITS } from '../../../limits.js';
import { isWrong, type NodeIdType, type NodeKey } from '../ids/node-id.js';
import { type InputIssue, InvalidInputError } from './user-errors.js';

/** A check that compares fields with each other. It gets the input as received, which may have any shape. */
export type InputCheck = (input: Readonly<Record<string, unknown>>) => readonly InputIssue[];

/**
 * Parses the input of a mutation before any upstream call. Throws InvalidInputError with every problem. `checks` run even if the
 * shape finds problems; zod's own refinements of an object would be skipped in that case.
 */
export function parseInput<Shape extends z.ZodType>(
  shape: Shape,
  input: unknown,
  ...checks: readonly InputCheck[]
): z.infer<Shape> {
  const parsed = shape.safeParse(input);
  const wrong = parsed.error?.issues ?? [];
  const issues = [
    ...wrong.map((issue) => ({ path: issue.path.map(String), message: issue.message })),
    ...checks.flatMap((check) => check(isObject(input) ? input : {})),
    ...unstorable(input),
  ];
  if (!parsed.success || issues.length > 0) throw new InvalidInputError(issues);
  return parsed.data;
}

/**
 * Texts that the upstreams cannot store. Their databases fail with a 500 for U+0000 (observed), and a lone surrogate cannot be
 * encoded as UTF-8. A bad member name is reported at the path of its object.
 */
function unstorable(value: unknown, path: readonly string[] = []): readonly InputIssue[] {
  if (typeof value === 'string') return unstorableText(value, 'A text', path);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => {
    const wrong = unstorableText(name, 'The name of a member', path);
    return wrong.length > 0 ? wrong : unstorable(part, [...path, name]);
  });
}

function unstorableText(text: string, what: string, path: readonly string[]): readonly InputIssue[] {
  if (text.includes('\0')) return [{ path, message: `${what} cannot hold U+0000.` }];
  return /\p{Cs}/u.test(text) ? [{ path, message: `${what} cannot hold half of a surrogate pair.` }] : [];
}

/** A field that takes a global id of this type and gives its key. An id that no upstream path can hold is an issue of the field. */
export function nodeId<Part extends string>(type: NodeIdType<Part>) {
  return z.string().transform((id, context): NodeKey<Part> => {
    const key = type.read(id);
    if (!isWrong(key) && type.isUsable(key)) return key;
    const message = isWrong(key) ? `The id ${key.wrong}.` : 'The id names something that cannot exist.';
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
}

/** Requires an update to give at least one field besides `id`. */
export function changesSomething(what: string): InputCheck {
  return (input) => {
    const isChange = Object.entries(input).some(([name, value]) => name !== 'id' && value !== undefined);
    return isChange ? [] : [{ path: [], message: `Give at least one field of the ${what} to change.` }];
  };
}

/** Requires the items of the list at this path to have different `toolName`s, because the upstream stores them as an object by name. */
export function namedOnce(...path: readonly string[]): InputCheck {
  return (input) => {
    const list = path.reduce<unknown>((value, name) => (isObject(value) ? value[name] : undefined), input);
    if (!Array.isArray(list)) return [];
    const names = list.map((item) => (isObject(item) ? item.toolName : undefined));
    return names.flatMap((name, index) =>
      name === undefined || names.indexOf(name) === index
        ? []
        : [{ path: [...path, String(index), 'toolName'], message: 'This function is given twice.' }],
    );
  };
}

const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/;

/**
 * HTTP headers for an MCP server, within the upstream's limits. Reports every bad name and value with a message of its own, which
 * `z.record` cannot do. Reserved names are left to the upstream.
 */
export const headersInput = z
  .custom<Readonly<Record<string, string>>>(isObject, {
    error: 'Headers must be an object with text values.',
    abort: true,
  })
  .check(({ value, issues }) => {
    for (const [name, text] of Object.entries(value)) {
      const messages = [...problemsOfHeaderName(name), ...problemsOfHeaderValue(text)];
      issues.push(...messages.map((message) => ({ code: 'custom' as const, input: value, path: [name], message })));
    }
  });

function problemsOfHeaderName(name: string): readonly string[] {
  return HEADER_NAME.test(name) ? [] : ["A header name must be 1 to 128 letters, digits or any of !#$%&'*+-.^_`|~."];
}

function problemsOfHeaderValue(value: unknown): readonly string[] {
  if (typeof value !== 'string') return ['A header value must be text.'];
  const { maxHeaderValueLength } = GRAPH_LIMITS;
  if (value.length < 1 || value.length > maxHeaderValueLength) {
    return [`A header value must be 1 to ${maxHeaderValueLength} characters long.`];
  }
  return /[\r\n\0]/.test(value) ? ['A header value cannot have line breaks.'] : [];
}

/** The fields that are given, null included. Fields that are left out stay unchanged. */
export function given<Fields extends object>(fields: Fields): Partial<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<Fields>;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

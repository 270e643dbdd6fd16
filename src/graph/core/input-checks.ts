import { z } from 'zod';
import { isWrong, type NodeIdType, type NodeKey } from './node-id.js';
import { type InputIssue, InvalidInputError } from './user-errors.js';

/** A check of fields against each other, on the input as it came: it may be of any shape. */
export type InputCheck = (input: Readonly<Record<string, unknown>>) => readonly InputIssue[];

/**
 * Checks a mutation's input as a whole, before any call; the parsed input. Throws InvalidInputError with every problem.
 * `checks` run whatever the shape finds: zod leaves its own out where a field is wrong already.
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
 * The upstreams' databases cannot store U+0000 in a text: they fail with a 500 (observed), which could be anything. Half of a
 * surrogate pair is no character, and is lost on the way to bytes. A member of such a name is reported at its object.
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

/** A global id of this type, as its key. Its parts can be sent in an upstream path, so that a form learns which field is wrong. */
export function nodeId<Part extends string>(type: NodeIdType<Part>) {
  return z.string().transform((id, context): NodeKey<Part> => {
    const key = type.read(id);
    if (!isWrong(key) && type.isUsable(key)) return key;
    const message = isWrong(key) ? `The id ${key.wrong}.` : 'The id names something that cannot exist.';
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
}

/** An update has to change something besides naming its `id`. */
export function changesSomething(what: string): InputCheck {
  return (input) => {
    const isChange = Object.entries(input).some(([name, value]) => name !== 'id' && value !== undefined);
    return isChange ? [] : [{ path: [], message: `Give at least one field of the ${what} to change.` }];
  };
}

/** Each item of the list at this path has a `toolName` of its own: it becomes a key upstream. */
export function namedOnce(...path: readonly string[]): InputCheck {
  return (input) => {
    const list = path.reduce<unknown>((value, name) => (isObject(value) ? value[name] : undefined), input);
    if (!Array.isArray(list)) return [];
    const names = list.map((item) => (isObject(item) ? item.toolName : undefined));
    return names.flatMap((name, index) =>
      name === undefined || names.indexOf(name) === index
        ? []
        : [{ path: [...path, String(index), 'toolName'], message: 'This function is named twice.' }],
    );
  };
}

const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/;

/**
 * HTTP headers for an MCP server, within the upstream's limits; every bad name and value at once, which `z.record` does not
 * tell in words. Reserved names are the upstream's to refuse.
 */
export const headersInput = z
  .custom<Readonly<Record<string, string>>>(isObject, { error: 'Headers are an object of texts.', abort: true })
  .check(({ value, issues }) => {
    for (const [name, text] of Object.entries(value)) {
      const messages = [...problemsOfHeaderName(name), ...problemsOfHeaderValue(text)];
      issues.push(...messages.map((message) => ({ code: 'custom' as const, input: value, path: [name], message })));
    }
  });

function problemsOfHeaderName(name: string): readonly string[] {
  return HEADER_NAME.test(name) ? [] : ["A header name is 1 to 128 letters, digits or any of !#$%&'*+-.^_`|~."];
}

function problemsOfHeaderValue(value: unknown): readonly string[] {
  if (typeof value !== 'string') return ['A header value is text.'];
  if (value.length < 1 || value.length > 1000) return ['A header value is 1 to 1000 characters long.'];
  return /[\r\n\0]/.test(value) ? ['A header value has no line breaks.'] : [];
}

/** Fields of an input that were given, so that what is left out stays as it is. */
export function given<Fields extends object>(fields: Fields): Partial<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<Fields>;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { UPSTREAM_LIMITS } from '../../limits.js';
import type { UpstreamCall } from './call.js';
import { InvalidPathSegment } from './errors/upstream-errors.js';

/** Path of a request on the upstream's origin. */
export interface Target {
  /** Path without the query. May be logged. */
  readonly pathname: string;
  /** Path with the query, as it is sent. */
  readonly path: string;
}

/**
 * The path of a call under `base`, with each segment encoded. Throws InvalidPathSegment if a segment is empty, `.` or `..`, has
 * more than 255 characters or control characters, is not well-formed Unicode, or does not match `idPattern`.
 * Segments must be raw: an escape in one is escaped again, so that no segment can end or add a segment, or leave the path.
 */
export function buildPath(
  base: URL,
  segments: readonly string[],
  query: UpstreamCall['query'] = undefined,
  idPattern?: RegExp,
): Target {
  let pathname = prefixOf(base);
  let isPlain = true;
  for (const segment of segments) {
    const problem = segmentProblem(segment, idPattern);
    if (problem) throw new InvalidPathSegment(segment, problem);
    isPlain &&= PLAIN.test(segment);
    pathname += `/${isPlain ? segment : encodeURIComponent(segment)}`;
  }
  // The server's URL parser must read the same path: WHATWG URLs resolve `.` and `..` even if they are encoded.
  if (!isPlain && new URL(base.origin + pathname).pathname !== pathname) {
    throw new InvalidPathSegment(segments.join('/'), 'changes when the URL is parsed');
  }
  return { pathname, path: pathname + queryString(query) };
}

const NOT_AN_ID = 'has characters that no id of this upstream has';

/** Characters that are never escaped, and that no URL parser changes. The segments `.` and `..` are refused before. */
const PLAIN = /^[\w.-]+$/;

const prefixes = new WeakMap<URL, string>();

/** The path of a base URL without slashes at its end. */
function prefixOf(base: URL): string {
  const known = prefixes.get(base);
  if (known !== undefined) return known;
  const prefix = base.pathname.replace(/\/+$/, '');
  prefixes.set(base, prefix);
  return prefix;
}

/** Why a text cannot be a segment of an upstream path; undefined if it can. */
export function segmentProblem(segment: string, idPattern: RegExp | undefined): string | undefined {
  if (segment === '') return 'is empty';
  if (segment === '.' || segment === '..') return 'is a relative path';
  if (segment.length > UPSTREAM_LIMITS.maxPathSegmentLength)
    return `is longer than ${UPSTREAM_LIMITS.maxPathSegmentLength} characters`;
  if (PLAIN.test(segment)) return idPattern && !idPattern.test(segment) ? NOT_AN_ID : undefined;
  // With the flag `u`, \p{Cs} matches lone surrogates only.
  if (/\p{Cs}/u.test(segment)) return 'is not well-formed Unicode';
  if (/\p{Cc}/u.test(segment)) return 'has control characters';
  if (idPattern && !idPattern.test(segment)) return NOT_AN_ID;
  return undefined;
}

function queryString(query: UpstreamCall['query']): string {
  if (query === undefined) return '';
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) params.append(name, String(value));
  }
  return params.size === 0 ? '' : `?${params}`;
}

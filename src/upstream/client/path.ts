import type { UpstreamCall } from './call.js';
import { InvalidPathSegment } from './upstream-errors.js';

/** Where a request goes on the upstream's origin. */
export interface Target {
  /** Path without the query: fit for logs and messages. */
  readonly pathname: string;
  /** Path and query, as they are sent. */
  readonly path: string;
}

const MAX_SEGMENT_LENGTH = 255;

/**
 * The path of a call under `base`, each segment encoded. Throws InvalidPathSegment for a segment that is empty, `.`, `..`,
 * over 255 characters, not well-formed, with control characters, or does not match `idPattern` (all segments are held to it).
 * Segments must be raw: an escape in one is escaped once more, so nothing in it can end, add or leave a path segment.
 */
export function buildPath(
  base: URL,
  segments: readonly string[],
  query: UpstreamCall['query'] = undefined,
  idPattern?: RegExp,
): Target {
  for (const segment of segments) {
    const problem = segmentProblem(segment, idPattern);
    if (problem) throw new InvalidPathSegment(segment, problem);
  }
  const prefix = base.pathname.replace(/\/+$/, '');
  const pathname = `${prefix}/${segments.map(encodeURIComponent).join('/')}`;
  // What every server's URL parser will make of it must be what was meant: WHATWG URLs fold dots even when encoded.
  if (new URL(base.origin + pathname).pathname !== pathname) {
    throw new InvalidPathSegment(segments.join('/'), 'would change the path when it is read');
  }
  return { pathname, path: pathname + queryString(query) };
}

/** Why a text cannot be a segment of an upstream path; undefined if it can. */
export function segmentProblem(segment: string, idPattern: RegExp | undefined): string | undefined {
  if (segment === '') return 'is empty';
  if (segment === '.' || segment === '..') return 'is a relative path';
  if (segment.length > MAX_SEGMENT_LENGTH) return `is longer than ${MAX_SEGMENT_LENGTH} characters`;
  // In a regular expression with the flag `u`, \p{Cs} matches a surrogate only where it stands alone.
  if (/\p{Cs}/u.test(segment)) return 'is not well-formed Unicode';
  if (/\p{Cc}/u.test(segment)) return 'has control characters';
  if (idPattern && !idPattern.test(segment)) return 'has characters that no id of this upstream has';
  return undefined;
}

function queryString(query: UpstreamCall['query']): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) params.append(name, String(value));
  }
  return params.size === 0 ? '' : `?${params}`;
}

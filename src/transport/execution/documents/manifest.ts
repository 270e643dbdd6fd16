import { readFileSync } from 'node:fs';
import { isJsonObject } from '../../../exact-json.js';

/** The persisted operations cannot be used. The message names what to fix, and is for the operator. */
export class PersistedOperationsError extends Error {
  override readonly name = 'PersistedOperationsError';
}

/**
 * Reads a manifest of persisted operations from a file, and returns the documents by id. Three formats are known:
 * - `{ "<id>": "<document>" }`, which codegen's client preset and Relay write;
 * - `[["<id>", "<document>"]]`, an older format of Relay;
 * - `{ "format": "apollo-persisted-query-manifest", "version": 1, "operations": [{ "id", "body" }] }`, which Apollo writes.
 *
 * Throws `PersistedOperationsError` for a file that cannot be read, for another format, and for an id that stands for two documents.
 */
export function readManifestFile(path: string): ReadonlyMap<string, string> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new PersistedOperationsError(`The file cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
  return readManifest(text);
}

function readManifest(text: string): ReadonlyMap<string, string> {
  const documents = new Map<string, string>();
  for (const [id, document] of entriesOf(parse(text))) {
    if (typeof id !== 'string' || id === '') throw new PersistedOperationsError('An id is not a string, or is empty.');
    if (typeof document !== 'string') throw new PersistedOperationsError(`The document of "${id}" is not a string.`);
    if (documents.has(id) && documents.get(id) !== document) {
      throw new PersistedOperationsError(`The id "${id}" stands for two documents.`);
    }
    documents.set(id, document);
  }
  return documents;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new PersistedOperationsError('The file is not valid JSON.');
  }
}

function entriesOf(manifest: unknown): (readonly unknown[])[] {
  if (Array.isArray(manifest)) return manifest.map((pair) => (Array.isArray(pair) ? pair : []));
  if (!isJsonObject(manifest)) throw new PersistedOperationsError(UNKNOWN_FORMAT);
  const { format, version, operations } = manifest;
  if (format !== APOLLO_FORMAT) return Object.entries(manifest);
  if (version !== 1 || !Array.isArray(operations)) throw new PersistedOperationsError(UNKNOWN_VERSION);
  return operations.map((operation) => (isJsonObject(operation) ? [operation.id, operation.body] : []));
}

const APOLLO_FORMAT = 'apollo-persisted-query-manifest';
const UNKNOWN_VERSION = `The file is an ${APOLLO_FORMAT}, but not of version 1 with a list of operations.`;
const UNKNOWN_FORMAT = `The file is neither an object of documents by id, nor a list of pairs, nor an ${APOLLO_FORMAT}.`;

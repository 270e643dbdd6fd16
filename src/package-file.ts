/**
 * The address of a file or folder of this package, such as `schema/operations/`. This module is one folder below the root of the
 * package, in `src` and in `dist`, where the build puts all modules into one folder.
 */
export function packageFile(path: string): URL {
  return new URL(`../${path}`, import.meta.url);
}

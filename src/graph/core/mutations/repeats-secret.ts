/** Length in characters from which a text counts as a secret. Shorter texts occur in almost any sentence. */
const SHORTEST_SECRET = 4;

/** Length in characters of a part of a secret that no message may have. A message may repeat a secret in part, or be cut inside it. */
const SECRET_PART = 8;

/**
 * Whether a message of an upstream repeats a part of a secret. `secrets` are parts of an input; every text in them counts as a
 * secret. Example: `Not allowed: 4f9a8b7c6d5e` repeats a part of `{ "X-Key": "Bearer 4f9a8b7c6d5e" }`.
 */
export function repeatsSecret(message: string, secrets: readonly unknown[]): boolean {
  return textsIn(secrets).some((text) => repeats(message, text));
}

/** Whether a message has the whole secret, or any 8 characters of it in a row. */
function repeats(message: string, secret: string): boolean {
  const length = Math.min(secret.length, SECRET_PART);
  for (let start = 0; start + length <= message.length; start += 1) {
    if (secret.includes(message.slice(start, start + length))) return true;
  }
  return false;
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.length < SHORTEST_SECRET ? [] : [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

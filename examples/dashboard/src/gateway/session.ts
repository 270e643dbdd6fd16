/** The users of the sandbox that the dashboard can act as. A real frontend gets the token from its sign-in. */
export const USERS = [
  { token: 'dashboard', name: 'Editor' },
  { token: 'session-reader', name: 'Reader' },
] as const;

const KEY = 'token';

/** The token of the current user. */
export function currentToken(): string {
  return sessionStorage.getItem(KEY) ?? USERS[0].token;
}

/** Signs in as another user. The page is loaded again, so nothing of the first user stays in a cache or on a socket. */
export function signIn(token: string): void {
  sessionStorage.setItem(KEY, token);
  location.reload();
}

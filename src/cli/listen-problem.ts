interface Address {
  readonly host: string;
  readonly port: number;
}

/** Says why the gateway cannot listen at an address, and which setting to change. Undefined for errors of another kind. */
export function describeListenProblem(error: unknown, { host, port }: Address): string | undefined {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is in use by another program. Set PORT to another one; 0 picks a free one.`;
    case 'EACCES':
      return `This user may not listen on port ${port}. Set PORT to 1024 or more.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `HOST ${host} is not an address of this machine.`;
    default:
      return undefined;
  }
}

/** Returns whether another program, possibly a gateway, already listens at the address. */
export function isInUse(error: unknown): boolean {
  return codeOf(error) === 'EADDRINUSE';
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

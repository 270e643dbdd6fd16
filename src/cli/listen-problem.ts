interface Address {
  readonly host: string;
  readonly port: number;
}

/** Why an address cannot be listened on, and which setting to change; undefined for an error that is not about the address. */
export function describeListenProblem(error: unknown, { host, port }: Address): string | undefined {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is taken by another program. Set PORT to another one; 0 takes a free one.`;
    case 'EACCES':
      return `This user may not listen on port ${port}. Set PORT above 1023.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `HOST ${host} is no address of this machine.`;
    default:
      return undefined;
  }
}

/** Whether it is only that another program, perhaps a gateway, listens there now. */
export function isTaken(error: unknown): boolean {
  return codeOf(error) === 'EADDRINUSE';
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/i;

/** Whether only programs of this machine can reach an address to listen on. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}

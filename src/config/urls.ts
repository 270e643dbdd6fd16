export function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

export function isHttp(url: URL): boolean {
  return url.protocol === 'http:' || url.protocol === 'https:';
}

/** Whether a URL has no credentials, query or fragment. The parsed URL does not show an empty query or user; the text does. */
export function isBare(url: URL, text: string): boolean {
  return url.username === '' && url.password === '' && !/[?#\\]|^[^/]*\/\/[^/]*@/.test(text);
}

/** Protocol, host and path of a web address. The parts that may hold a secret are named, not shown. */
export function describeUrl(url: URL): string {
  const secrets = [
    url.username + url.password && 'credentials',
    url.search && 'a query',
    url.hash && 'a fragment',
  ].filter(Boolean);
  const visible = JSON.stringify(url.origin + url.pathname);
  return secrets.length > 0 ? `${visible} with ${secrets.join(' and ')}` : visible;
}

import { useSyncExternalStore } from 'react';

function subscribe(listener: () => void): () => void {
  addEventListener('hashchange', listener);
  return () => removeEventListener('hashchange', listener);
}

/** What the address of the page names: `#support-desk` or `#support-desk/triage`. */
export function usePlace(): { projectId?: string; agentId?: string } {
  const hash = useSyncExternalStore(subscribe, () => location.hash);
  const [projectId, agentId] = hash.slice(1).split('/').map(decodeURIComponent);
  return { ...(projectId && { projectId }), ...(agentId && { agentId }) };
}

export const placeOf = (...ids: string[]): string => `#${ids.map(encodeURIComponent).join('/')}`;

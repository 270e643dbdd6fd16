import { Button, usePluginStore } from '@graphiql/react';

/** Opens or closes the pane of a plugin. GraphiQL gives it a width only when its own button is clicked. */
export function togglePane(title: string): void {
  document.querySelector<HTMLElement>(`.graphiql-sidebar [aria-label$="${title}"]`)?.click();
}

/** Closes the pane that is open. Only phones show it: there the pane covers everything else. */
export function ClosePaneButton() {
  const { visiblePlugin } = usePluginStore();
  if (!visiblePlugin) return null;
  const { title } = visiblePlugin;
  return (
    <Button type="button" className="close-pane" aria-label={`Close ${title}`} onClick={() => togglePane(title)}>
      Close
    </Button>
  );
}

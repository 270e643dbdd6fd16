import { EditorContext, useEditorContext, useExecutionContext, usePluginStore } from '@graphiql/react';
import { type ComponentType, type ContextType, useEffect } from 'react';
import { isSameOperation } from './stored-tabs';

type Editors = NonNullable<ContextType<typeof EditorContext>>;

/** GraphiQL adds its history itself, so the panel is replaced in its list of plugins. */
export function useHistoryInTabs(): void {
  const { plugins } = usePluginStore();
  useEffect(() => {
    const history = plugins.find(({ title }) => title === 'History');
    if (history) history.content = opensTabs(history.content);
  }, [plugins]);
}

/**
 * GraphiQL writes an entry of its history into the editors, and what the current tab held is lost. Here the panel gets editors
 * of its own, which select the tab that has the operation already, or open one.
 */
function opensTabs(History: ComponentType): ComponentType {
  return function HistoryInTabs() {
    const editors = useEditorContext({ nonNull: true });
    const { stop } = useExecutionContext({ nonNull: true });
    const entry = { query: '', variables: '' };
    const open = (headers: string) => {
      const { tabs, addTab, updateActiveTabValues, changeTab } = editors;
      const known = tabs.findIndex((tab) => isSameOperation(tab, entry));
      stop();
      if (known < 0) {
        addTab();
        updateActiveTabValues({ ...entry, headers: headers || null });
      }
      // Shows what the tab holds in the editors.
      changeTab(known < 0 ? tabs.length : known);
    };
    // The panel sets the headers last.
    const replaced = {
      queryEditor: { setValue: (query: string) => Object.assign(entry, { query }) },
      variableEditor: { setValue: (variables: string) => Object.assign(entry, { variables }) },
      headerEditor: { setValue: open },
    };
    return (
      <EditorContext.Provider value={{ ...editors, ...(replaced as unknown as Editors) }}>
        <History />
      </EditorContext.Provider>
    );
  };
}

import 'graphiql/style.css';
import './style.css';
import { createRoot } from 'react-dom/client';
import { Explorer } from './explorer';
import { type Example, prepareTabs } from './stored-tabs';

/** The elements that src/transport/graphiql/page.ts writes into the page. */
function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no element "${id}".`);
  return found;
}

const examples: Example[] = JSON.parse(element('examples').textContent);
createRoot(element('root')).render(<Explorer start={prepareTabs(examples)} headers={examples[0]?.headers} />);

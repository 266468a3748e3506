import { createRoot } from 'react-dom/client';
import './ui/global.css';
import './app/shell.css';
import './features/wall/wall.css';
import './features/leads/leads.css';
import './features/registry/screens.css';
import { App } from './app/app.tsx';
import { startSession } from './state/load-session.ts';
import { watchRoute } from './state/route-store.ts';
import { watchHotkeys } from './ui/hotkey-registry.ts';

const root = document.getElementById('root');
if (!root) throw new Error('the page has no root element');
watchRoute();
watchHotkeys();
startSession();
createRoot(root).render(<App />);

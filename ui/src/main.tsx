import { render } from 'preact';
import './styles/tokens.css';
import './styles/base.css';
import './styles/shell.css';
import './styles/controls.css';
import './styles/display.css';
import './styles/table.css';
import './styles/overlays.css';
import './styles/charts.css';
import { App } from './app';

const root = document.getElementById('console');
if (root !== null) render(<App />, root);

import { render } from 'preact';
import './styles/tokens.css';
import './styles/base.css';
import './styles/shell.css';
import './styles/buttons.css';
import './styles/inputs.css';
import './styles/display.css';
import './styles/figures.css';
import './styles/table.css';
import './styles/overlays.css';
import './styles/charts.css';
import { App } from './app';

const root = document.getElementById('console');
if (root !== null) render(<App />, root);

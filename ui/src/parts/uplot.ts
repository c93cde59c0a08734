/** The chart library and its styles, in a file of their own: loaded with the first chart. */
import 'uplot/dist/uPlot.min.css';
import Drawing from 'uplot';

export { Drawing };
export const bars = Drawing.paths.bars;

import { dictionary } from './dictionary';
import { en } from './en';
import { zh } from './zh';

/** The words of the shell and of the parts that all pages use. */
export const t = dictionary({ en, zh });

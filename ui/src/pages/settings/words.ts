import { dictionary } from '../../i18n/dictionary';
import { en } from './en';
import { zh } from './zh';

export const t = dictionary({ en, zh });

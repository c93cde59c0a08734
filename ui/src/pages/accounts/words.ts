import { dictionary } from '../../i18n/dictionary';
import { en } from './words.en';
import { zh } from './words.zh';

export const t = dictionary({ en, zh });

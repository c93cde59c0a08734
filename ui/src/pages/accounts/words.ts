import { dictionary } from '../../i18n/dictionary';

export const t = dictionary({
  en: {
    title: 'Accounts',
    lead: 'What carries your API, and how each one is.',
    empty: 'Nothing here yet.',
  },
  zh: {
    title: '账号',
    lead: '支撑接口的每一个账号，以及它们的状态。',
    empty: '这里还没有内容。',
  },
});

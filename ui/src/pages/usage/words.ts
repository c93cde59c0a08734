import { dictionary } from '../../i18n/dictionary';

export const t = dictionary({
  en: {
    title: 'Usage',
    lead: 'Who used how much, and when.',
    empty: 'Nothing here yet.',
  },
  zh: {
    title: '用量',
    lead: '谁在什么时候用了多少。',
    empty: '这里还没有内容。',
  },
});

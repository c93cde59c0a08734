import { dictionary } from '../../i18n/dictionary';

export const t = dictionary({
  en: {
    title: 'Playground',
    lead: 'Try a model through your own API.',
    empty: 'Nothing here yet.',
  },
  zh: {
    title: '试用',
    lead: '用自己的接口试试模型。',
    empty: '这里还没有内容。',
  },
});

import { dictionary } from '../../i18n/dictionary';

export const t = dictionary({
  en: {
    title: 'Models',
    lead: 'Which names are answered, and by whom.',
    empty: 'Nothing here yet.',
  },
  zh: {
    title: '模型',
    lead: '对外提供哪些模型名，分别由谁来回答。',
    empty: '这里还没有内容。',
  },
});

import { dictionary } from '../../i18n/dictionary';

export const t = dictionary({
  en: {
    title: 'Settings',
    lead: 'What holds, and where each value comes from.',
    empty: 'Nothing here yet.',
  },
  zh: {
    title: '设置',
    lead: '各项设置的当前值与来源。',
    empty: '这里还没有内容。',
  },
});

import { dictionary } from '../../i18n/dictionary';

export const t = dictionary({
  en: {
    title: 'Requests',
    lead: 'Recent calls, never what was said in them.',
    empty: 'Nothing here yet.',
  },
  zh: {
    title: '请求',
    lead: '最近的调用记录，不含任何对话内容。',
    empty: '这里还没有内容。',
  },
});

import { dictionary } from '../../i18n/dictionary';

export const t = dictionary({
  en: { title: 'Overview', lead: 'Is it up, who is well, what needs you.', empty: 'Nothing here yet.' },
  zh: { title: '概览', lead: '服务是否正常、账号是否健康、有什么需要处理。', empty: '这里还没有内容。' },
});

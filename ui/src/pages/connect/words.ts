import { dictionary } from '../../i18n/dictionary';

export const t = dictionary({
  en: {
    title: 'Connect',
    lead: 'Settings for your apps, with this server’s address.',
    empty: 'Nothing here yet.',
  },
  zh: {
    title: '接入',
    lead: '把本站地址填进常用客户端，配置现成可用。',
    empty: '这里还没有内容。',
  },
});

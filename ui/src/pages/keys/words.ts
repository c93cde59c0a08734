import { dictionary } from '../../i18n/dictionary';

export const t = dictionary({
  en: {
    title: 'Keys',
    lead: 'For friends and apps, each with its own limits.',
    empty: 'Nothing here yet.',
  },
  zh: {
    title: '密钥',
    lead: '给朋友和应用的密钥，各有各的额度。',
    empty: '这里还没有内容。',
  },
});

import { dictionary } from '../../i18n/dictionary';

export const t = dictionary({
  en: {
    filters: 'Filters',
    clear: 'Clear filters',
    model: 'Model',
    account: 'Account',
    key: 'Key',
    'all.model': 'All models',
    'all.account': 'All accounts',
    'all.key': 'All keys',
    'empty.model': 'Unknown models',
    'empty.account': 'No account reached',
    'empty.key': 'You',
    revoked: '{name} (revoked)',
  },
  zh: {
    filters: '筛选',
    clear: '清除筛选',
    model: '模型',
    account: '账号',
    key: '密钥',
    'all.model': '全部模型',
    'all.account': '全部账号',
    'all.key': '全部密钥',
    'empty.model': '不存在的模型',
    'empty.account': '未用到账号',
    'empty.key': '我自己',
    revoked: '{name}（已吊销）',
  },
});

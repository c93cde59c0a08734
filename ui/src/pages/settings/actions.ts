import { dictionary } from '../../i18n/dictionary';

/** What a method and a route come to, in words. */
const t = dictionary({
  en: {
    'POST accounts': 'Added an account',
    'POST accounts/preview': 'Previewed a paste',
    'PATCH accounts/{id}': 'Changed an account',
    'DELETE accounts/{id}': 'Removed an account',
    'POST accounts/{id}/test': 'Tested an account',
    'POST accounts/{id}/enable': 'Turned an account on',
    'POST accounts/{id}/disable': 'Turned an account off',
    'POST keys': 'Made a key',
    'PATCH keys/{id}': 'Changed a key',
    'DELETE keys/{id}': 'Revoked a key',
    'POST master-key': 'Changed the owner’s key',
    'PUT settings/{id}': 'Changed a setting',
    'DELETE settings/{id}': 'Reset a setting',
    'POST session': 'Sign-in',
    'DELETE session': 'Signed out',
    'DELETE sessions': 'Signed out everywhere',
    'DELETE sessions/{id}': 'Ended a session',
    'POST backup': 'Downloaded a backup',
    'POST notify/test': 'Sent a test notice',
  },
  zh: {
    'POST accounts': '添加账号',
    'POST accounts/preview': '预览粘贴内容',
    'PATCH accounts/{id}': '修改账号',
    'DELETE accounts/{id}': '删除账号',
    'POST accounts/{id}/test': '检测账号',
    'POST accounts/{id}/enable': '启用账号',
    'POST accounts/{id}/disable': '停用账号',
    'POST keys': '创建密钥',
    'PATCH keys/{id}': '修改密钥',
    'DELETE keys/{id}': '吊销密钥',
    'POST master-key': '更换主密钥',
    'PUT settings/{id}': '修改设置',
    'DELETE settings/{id}': '恢复默认设置',
    'POST session': '登录',
    'DELETE session': '退出登录',
    'DELETE sessions': '全部退出登录',
    'DELETE sessions/{id}': '结束会话',
    'POST backup': '下载备份',
    'POST notify/test': '发送测试通知',
  },
});

/** An action in words; one that is not known stays as the service names it. */
export function actionWords(action: string): string {
  const short = action.replace('/admin/api/', '');
  return t.maybe(short.replace(/\{\w+\}/g, '{id}'), short);
}

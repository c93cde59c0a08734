import { dictionary } from '../../i18n/dictionary';

export const t = dictionary({
  en: {
    lead: 'One private API, carried by your own accounts.',
    key: 'Master key',
    hint: 'On the server, {command} prints it. It is also what API_MASTER_KEY is set to.',
    submit: 'Sign in',
    ended: 'Your session has ended. Sign in again; nothing was lost.',
    wrong: 'This is not the master key. Keys made for friends do not open the console.',
    throttled: 'Too many tries. Wait {wait}, then try again.',
    opens: 'You can try again {when}.',
    empty: 'Paste the master key first.',
    framed: 'Inside this frame the session lasts as long as the tab.',
  },
  zh: {
    lead: '用你自己的账号，搭一座通往模型的桥。',
    key: '主密钥',
    hint: '在服务器上运行 {command} 查看；如果设置过 API_MASTER_KEY，就是它的值。',
    submit: '登录',
    ended: '登录已失效，重新登录即可，数据都还在。',
    wrong: '主密钥不对。给朋友的密钥不能登录控制台。',
    throttled: '尝试次数过多，请等待 {wait} 再试。',
    opens: '{when}可以再试。',
    empty: '请先填入主密钥。',
    framed: '在嵌入页面中，登录状态只保留到关闭标签页。',
  },
});

import type { helpTexts as en } from './en-help';

/** Texts of the help page in simplified Chinese. */
export const helpTexts: typeof en = {
  title: '帮助',
  lead: '如何在命令行使用这个索引。',
  contents: '本页内容',
  logIn: '登录',
  logInText: '使用用户名，以及密码或访问令牌。访问令牌更好：可以限制范围，也可以撤销。',
  logInToken: '在脚本中用标准输入传递令牌，这样它不会出现在进程列表中：',
  push: '推送',
  pushText: '用户名就是你的命名空间。为镜像打上 registry 的标签，然后推送。推送到新的名称会创建仓库：',
  pull: '拉取',
  pullText: '公开的镜像不需要登录。每个仓库和标签的页面都有对应的命令：',
  pullOfficial: '官方镜像没有命名空间：',
  search: '搜索',
  searchText: 'Docker 和 Podman 可以在这里搜索，排序与本站相同：',
  searchOnly: '只看有星标的，或只看官方的：',
  ci: '在 CI 中使用访问令牌',
  ciText: '访问令牌可以代替密码登录。请为每个系统创建一个，只给它需要的仓库和操作：',
  ciPage: '在设置中创建访问令牌',
  ciApi: '或者使用 REST API：',
  ciUse: '然后在任务中使用，令牌放在保密变量 INDEX_TOKEN 中：',
  podman: 'Podman',
  podmanText:
    'Podman 使用同样的命令。把这个索引加入 registries.conf 的 unqualified-search-registries，搜索时就不必写出它的名称。',
  skopeo: 'Skopeo、crane 和其他工具',
  skopeoText: '不需要守护进程即可从别处复制镜像，也可以列出仓库的标签：',
  registries: 'Registry',
  registriesText: '镜像存放在以下 registry。第一次推送决定仓库的位置；仓库页面会写明。',
  plain:
    '这个地址没有加密。Docker 只在地址是 localhost，或在 daemon.json 的 insecure-registries 中列出时才接受它。',
  noRegistry: '还没有设置 registry，因此暂时不能推送。',
  more: '页面能做的事，REST API 都能做：',
};

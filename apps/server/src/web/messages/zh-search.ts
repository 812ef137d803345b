import type { searchTexts as en } from './en-search';

/** Texts of the filters of a search with their counts, in simplified Chinese. */
export const searchTexts: typeof en = {
  counted: (label, count, exact) => `${label}（${exact ? '' : '≥ '}${count}）`,
  stars: (count) => `${count} 个以上`,
  anyStars: '不限',
  system: '操作系统',
  architecture: '架构',
  any: '不限',
  popular: '热门',
  clear: '取消全部筛选',
  why: '为什么这样排序？',
  whyHide: '隐藏说明',
  whyText: '名称完全一致的排在最前。其他结果按匹配方式、星标数、近期拉取次数和是否官方排序。',
  matches: {
    nameExact: '名称与搜索内容相同',
    namePrefix: '名称以搜索内容开头',
    namespaceExact: '命名空间与搜索内容相同',
    namedNamespace: '它在你指定的命名空间中',
    wordInNamespace: '命名空间包含你的关键词',
    wordInName: '名称包含你的关键词',
    description: '描述包含你的关键词',
    secondary: '最新镜像的说明包含你的关键词，或者写法不同',
  },
  pinned: '它正是你搜索的内容，因此排在最前。',
  corrected: (name) => `它与“${name}”匹配，你可能要找的是它。`,
  score: (position, match) => `第 ${position} 位：${match}。`,
  parts: (text, popularity, official, score) =>
    `匹配 ${text} + 热度 ${popularity} + 官方 ${official} = ${score}`,
  without: (query) => `“${query}”的全部结果`,
  whole: '查看全部镜像',
  guide: '如何搜索',
};

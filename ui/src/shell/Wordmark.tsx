/** The name, over its bridge. */
export function Wordmark() {
  return (
    <a class="wordmark" href="#/overview">
      <span class="wordmark-name" lang="zh-CN">
        千桥
      </span>
      <span class="wordmark-latin">qianqiao</span>
      <svg class="wordmark-bridge" viewBox="0 0 92 14" aria-hidden="true">
        <path d="M0 2.500h92M3 13.500v-2a9.500 9.500 0 0 1 19 0v2M26 13.500v-2a9.500 9.500 0 0 1 19 0v2M49 13.500v-2a9.500 9.500 0 0 1 19 0v2M72 13.500v-2a9.500 9.500 0 0 1 17 0v2" />
      </svg>
    </a>
  );
}

/** The name, over its bridge. */
export function Wordmark() {
  return (
    <a class="wordmark" href="#/overview">
      <span class="wordmark-name" lang="zh-CN">
        千桥
      </span>
      <span class="wordmark-latin">qianqiao</span>
      <svg class="wordmark-bridge" viewBox="0 0 116 14" aria-hidden="true">
        <path d="M0 1.500h116M2 13.500v-3a10 10 0 0 1 20 0v3M25 13.500v-3a10 10 0 0 1 20 0v3M48 13.500v-3a10 10 0 0 1 20 0v3M71 13.500v-3a10 10 0 0 1 20 0v3M94 13.500v-3a10 10 0 0 1 20 0v3" />
      </svg>
    </a>
  );
}

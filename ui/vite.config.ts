import { defineConfig } from 'vite';
import { pack } from './build/pack.ts';

const SERVICE = 'http://127.0.0.1:8082';

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [pack()],
  build: {
    target: 'es2022',
    sourcemap: false,
    // The service forbids data: addresses, so nothing may be inlined into the script or the styles.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  server: {
    proxy: Object.fromEntries(
      ['/admin', '/v1', '/health', '/docs', '/openapi.json'].map(path => [path, SERVICE]),
    ),
  },
});

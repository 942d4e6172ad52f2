// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// How the client is bundled. Learner pages are the entry; staff pages, tus and hls.js are chunks of
// their own, loaded when asked for. No inline script or style leaves this build (CSP default-src 'self').

import { defineConfig, type Plugin } from 'vite';

/**
 * Fetches what a chunk needs beside it, as Vite's own helper does, in a third of its bytes: no nonces and
 * no events. A style that did not come is asked for again the next time.
 */
const HELPER = `
const asked = {};
const ask = (name) => (asked[name] ??= new Promise((done, fail) => {
  const href = '/' + name;
  if (document.querySelector('link[href="' + href + '"]')) return done();
  const link = document.createElement('link');
  const style = name.endsWith('.css');
  link.rel = style ? 'stylesheet' : 'modulepreload';
  link.href = href;
  link.onload = done;
  link.onerror = () => {
    delete asked[name];
    link.remove();
    fail(new Error(href));
  };
  document.head.append(link);
  if (!style) done();
}));
export const __vitePreload = (load, names) => Promise.all((names || []).map(ask)).then(load);
`;

const slimPreload: Plugin = {
  name: 'slim-preload',
  enforce: 'pre',
  load: (id) => (id === '\0vite/preload-helper.js' ? HELPER : null),
};

export default defineConfig({
  base: '/',
  plugins: [slimPreload],
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact', legalComments: 'none' },
  build: {
    target: ['es2020', 'chrome80', 'firefox78', 'safari14'],
    assetsInlineLimit: 0,
    // 3 % less than esbuild's: it counts on the way to the first sound.
    minify: 'terser',
    terserOptions: { module: true, ecma: 2020, compress: { passes: 3 }, format: { comments: false } },
    cssCodeSplit: true,
    modulePreload: { polyfill: false },
    manifest: true,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700,
    rollupOptions: {
      output: {
        // What plays needs it and what keeps lessons too: as a chunk of its own it would be one more request on the
        // way to the first sound.
        manualChunks(id) {
          if (/(?:\/web\/index\.html|\/player\/transfer\.ts)$/.test(id)) return 'index';
          return /\/(?:lib\/(?:late|traffic)\.ts|ui\/late-icons\.tsx)$/.test(id) ? 'late' : undefined;
        },
      },
    },
  },
  server: {
    proxy: {
      '/api': process.env.DAORIAN_URL ?? 'http://127.0.0.1:8080',
      '/channels': process.env.DAORIAN_URL ?? 'http://127.0.0.1:8080',
      '/lessons': process.env.DAORIAN_URL ?? 'http://127.0.0.1:8080',
      '/lite': process.env.DAORIAN_URL ?? 'http://127.0.0.1:8080',
    },
  },
});

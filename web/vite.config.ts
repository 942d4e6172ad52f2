// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// How the client is bundled. Learner pages are the entry; staff pages, tus and hls.js are chunks of
// their own, loaded when asked for. No inline script or style leaves this build (CSP default-src 'self').

import { defineConfig } from 'vite';

export default defineConfig({
  base: '/',
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact', legalComments: 'none' },
  build: {
    target: ['es2020', 'chrome80', 'firefox78', 'safari14'],
    assetsInlineLimit: 0,
    cssCodeSplit: true,
    modulePreload: { polyfill: false },
    manifest: true,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700,
  },
  server: {
    proxy: {
      '/api': process.env.DAORIAN_URL ?? 'http://127.0.0.1:8080',
      '/lessons': process.env.DAORIAN_URL ?? 'http://127.0.0.1:8080',
      '/lite': process.env.DAORIAN_URL ?? 'http://127.0.0.1:8080',
    },
  },
});

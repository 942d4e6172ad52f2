// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What makes the client an application that can be installed and works offline: icons drawn from the
// favicon, a manifest in each language, and the service worker with the list of this build's files.
// Called by build.mjs after vite; writes only below dist.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const BACKGROUND = '#1d2b64';
// Chunks that offline learners never need: staff pages, live channels and hls.js.
const LEFT_OUT = /^src\/(?:pages\/(?:doors|guide|recordings|class|login|setup|account|upload|manage|admin|channel)|live\/|player\/auto|captions\/editor)\b/;

function draw(svg, size, output) {
  const args = ['--format=png', `--width=${size}`, `--height=${size}`, `--output=${output}`];
  const done = spawnSync('rsvg-convert', args, { input: svg });
  if (done.status === 0) return;
  console.error(`web: rsvg-convert: ${done.error?.message ?? done.stderr}; run ./dev deps`);
  process.exit(1);
}

/** Phones cut a maskable icon to any shape: the star stands smaller on a ground without corners. */
function makeMaskable(svg) {
  const inner = svg.replace(/^[^]*?<svg[^>]*>|<\/svg>\s*$/g, '');
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" fill="${BACKGROUND}"/>` +
    `<g transform="translate(4 4) scale(.75)">${inner}</g></svg>`
  );
}

function makeIcons(web, folder) {
  const svg = readFileSync(join(web, 'public', 'favicon.svg'), 'utf8');
  draw(svg, 192, join(folder, 'icon-192.png'));
  draw(svg, 512, join(folder, 'icon-512.png'));
  draw(makeMaskable(svg), 512, join(folder, 'maskable-512.png'));
  draw(makeMaskable(svg), 180, join(folder, 'touch-180.png'));
}

function makeManifests(web, folder) {
  const texts = JSON.parse(readFileSync(join(web, 'app', 'manifest.json'), 'utf8'));
  for (const [lang, words] of Object.entries(texts)) {
    const manifest = {
      id: '/',
      name: words.name,
      short_name: words.short_name,
      description: words.description,
      lang,
      dir: 'ltr',
      start_url: '/',
      scope: '/',
      display: 'standalone',
      theme_color: BACKGROUND,
      background_color: BACKGROUND,
      categories: ['education'],
      icons: [
        { src: '/app/icon-192.png', sizes: '192x192', type: 'image/png', purpose: 'any' },
        { src: '/app/icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'any' },
        { src: '/app/maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
      ],
      shortcuts: [{ name: words.kept, url: '/offline' }],
    };
    writeFileSync(join(folder, `manifest-${lang}.webmanifest`), `${JSON.stringify(manifest)}\n`);
  }
}

/** The files of a chunk and of all it loads: at once (core) and later. */
function listParts(manifest) {
  const core = new Set();
  const later = new Set();
  const walk = (key, files) => {
    const chunk = manifest[key];
    if (!chunk || core.has(`/${chunk.file}`) || later.has(`/${chunk.file}`)) return;
    for (const file of [chunk.file, ...(chunk.css ?? []), ...(chunk.assets ?? [])]) files.add(`/${file}`);
    for (const next of chunk.imports ?? []) walk(next, files);
    for (const next of chunk.dynamicImports ?? []) if (!LEFT_OUT.test(next)) walk(next, later);
  };
  walk('index.html', core);
  for (const file of core) later.delete(file);
  return { core: [...core].sort(), later: [...later].sort() };
}

function hash(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Adds app/ and sw.js to a finished vite build, and takes vite's own list of chunks away. */
export function makeApp(web, dist) {
  const folder = join(dist, 'app');
  mkdirSync(folder, { recursive: true });
  makeIcons(web, folder);
  makeManifests(web, folder);
  const chunks = JSON.parse(readFileSync(join(dist, '.vite', 'manifest.json'), 'utf8'));
  rmSync(join(dist, '.vite'), { recursive: true });
  const page = hash(readFileSync(join(dist, 'index.html')));
  const parts = { page, ...listParts(chunks) };
  const shell = { version: hash(JSON.stringify(parts)).slice(0, 16), ...parts };
  const { buildSync } = createRequire(join(web, 'package.json'))('esbuild');
  buildSync({
    entryPoints: [join(web, 'src', 'offline', 'worker.ts')],
    outfile: join(dist, 'sw.js'),
    bundle: true,
    minify: true,
    format: 'iife',
    target: ['chrome80', 'firefox78', 'safari14'],
    tsconfigRaw: {},
    define: { DAORIAN_SHELL: JSON.stringify(shell) },
    logLevel: 'warning',
  });
}

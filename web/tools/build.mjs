// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Builds the client into one C file: npm ci when the packages are missing, vite, brotli and gzip twins of what
// gains from it, and glib-compile-resources under /org/daorian/web. Called by web/meson.build; the
// same sources give the same bytes. It writes only to its work folder, the two outputs and node_modules.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { makeApp } from './app.mjs';

const PREFIX = '/org/daorian/web';
const COMPRESSIBLE = /\.(?:html|js|css|svg|webmanifest|json|txt)$/;
const web = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs a command in web/ and ends the build when it fails. */
function run(command, args) {
  const done = spawnSync(command, args, { cwd: web, stdio: 'inherit' });
  if (done.error) {
    console.error(`web: cannot start ${command}: ${done.error.message}; run ./dev deps`);
    process.exit(1);
  }
  if (done.status !== 0) process.exit(done.status ?? 1);
}

/** Installs the locked packages unless this very lock file was installed last. */
function installPackages() {
  const lock = createHash('sha256').update(readFileSync(join(web, 'package-lock.json'))).digest('hex');
  const stamp = join(web, 'node_modules', '.daorian-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(stamp, lock);
}

/** Every file below a folder, sorted, as paths relative to it. */
function listFiles(folder, base = folder) {
  const found = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...listFiles(path, base));
    else found.push(relative(base, path));
  }
  return found.sort();
}

function packBrotli(plain) {
  const params = {
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
  };
  return brotliCompressSync(plain, { params });
}

/** Deflate as small as it gets: 4 % less than zlib's best. */
function packGzip(path) {
  const done = spawnSync('zopfli', ['--gzip', '-c', path], { maxBuffer: 1 << 24 });
  if (done.status === 0) return done.stdout;
  console.error(`web: zopfli: ${done.error?.message ?? done.stderr}; run ./dev deps`);
  process.exit(1);
}

function option(name) {
  const at = process.argv.indexOf(name);
  if (at < 0 || at + 1 >= process.argv.length) {
    console.error(`web: ${name} is missing`);
    process.exit(64);
  }
  return resolve(process.argv[at + 1]);
}

const output = option('--output');
const depfile = option('--depfile');
const work = option('--work');
const dist = join(work, 'dist');

installPackages();
rmSync(dist, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
run('node', [
  join(web, 'node_modules', 'vite', 'bin', 'vite.js'),
  'build',
  '--outDir',
  dist,
  '--emptyOutDir',
  '--logLevel',
  'warn',
]);

makeApp(web, dist);

for (const name of listFiles(dist)) {
  if (!COMPRESSIBLE.test(name)) continue;
  const plain = readFileSync(join(dist, name));
  for (const [ending, packed] of [['br', packBrotli(plain)], ['gz', packGzip(join(dist, name))]]) {
    if (packed.length < plain.length) writeFileSync(join(dist, `${name}.${ending}`), packed);
  }
}

const entries = listFiles(dist).map((name) => `    <file>${name}</file>`);
const manifest = join(work, 'web.gresource.xml');
writeFileSync(
  manifest,
  `<?xml version="1.0" encoding="UTF-8"?>\n<gresources>\n  <gresource prefix="${PREFIX}">\n` +
    `${entries.join('\n')}\n  </gresource>\n</gresources>\n`,
);
run('glib-compile-resources', [
  manifest,
  `--sourcedir=${dist}`,
  '--generate-source',
  '--c-name=daorian_web',
  `--target=${output}`,
]);

const watched = ['src', 'public', 'app']
  .flatMap((folder) => listFiles(join(web, folder)).map((name) => join(web, folder, name)))
  .concat(join(web, 'index.html'), join(web, 'vite.config.ts'), join(web, 'package-lock.json'));
const escape = (path) => path.replace(/([ #$])/g, '\\$1');
writeFileSync(depfile, `${escape(output)}: ${watched.map(escape).join(' \\\n  ')}\n`);

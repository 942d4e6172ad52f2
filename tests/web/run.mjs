// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Bundles one TypeScript test beside the client's packages and runs it in node, so that tests import
// the client's own modules. Called by tests/web/meson.build: run.mjs WEB-FOLDER ENTRY [ARGUMENT…].

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';

const web = resolve(process.argv[2] ?? '.');
const entry = resolve(process.argv[3] ?? '.');
const require = createRequire(join(web, 'package.json'));
const { build } = require('esbuild');

const cache = join(web, 'node_modules', '.daorian-tests');
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, 'run-'));
const output = join(folder, `${basename(entry).replace(/\.ts$/, '')}.mjs`);
try {
  await build({
    entryPoints: [entry],
    outfile: output,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node18',
    packages: 'external',
    // The type checker's paths are not the bundler's.
    tsconfigRaw: {},
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.css': 'empty' },
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  const done = spawnSync(process.execPath, ['--enable-source-maps', output, ...process.argv.slice(4)], {
    stdio: 'inherit',
    env: { ...process.env, DAORIAN_WEB: web },
  });
  process.exitCode = done.status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

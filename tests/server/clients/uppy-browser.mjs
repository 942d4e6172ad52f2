// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Uppy in Chromium, on a page of another origin than the daemon's. Test equipment of upload-clients.mjs.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];

async function bundlePage(source) {
  const require = createRequire(join(process.env.DAORIAN_WEB ?? '.', 'package.json'));
  const built = await require('esbuild').build({
    entryPoints: [source],
    bundle: true,
    write: false,
    format: 'iife',
    nodePaths: [join(process.env.DAORIAN_WEB ?? '.', 'node_modules')],
    logLevel: 'warning',
  });
  return built.outputFiles[0].text;
}

/** The foreign site: one page, its script, and the file that a visitor picks. Resolves to a server that listens. */
async function openSite(script, bytes) {
  const answers = {
    '/': ['text/html; charset=utf-8', '<!doctype html><title>Another site</title><script src="/page.js"></script>'],
    '/page.js': ['text/javascript; charset=utf-8', script],
    '/file': ['application/octet-stream', bytes],
  };
  const server = createServer((request, response) => {
    const [type, body] = answers[request.url ?? ''] ?? ['text/plain', ''];
    response.writeHead(body === '' ? 404 : 200, { 'Content-Type': type });
    response.end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  return server;
}

/**
 * Uploads the bytes with Uppy from another origin.
 * @param {{ source: string, bytes: Buffer, endpoint: string, token: string, chunk: number, delays: number[],
 *   onPatch: (offset: number) => void, onLesson: (id: string) => void }} task
 */
export async function uploadFromBrowser(task) {
  const site = await openSite(await bundlePage(task.source), task.bytes);
  const { port } = /** @type {import('node:net').AddressInfo} */ (site.address());
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS, timeout: 60_000 });
  try {
    const page = await browser.newPage();
    await page.exposeFunction('notePatch', task.onPatch);
    await page.exposeFunction('noteLesson', task.onLesson);
    await page.goto(`http://localhost:${port}/`);
    const words = { endpoint: task.endpoint, token: task.token, chunk: task.chunk, delays: task.delays };
    await page.evaluate((w) => globalThis.uploadFile(w.endpoint, w.token, w.chunk, w.delays), words);
  } finally {
    await browser.close();
    site.close();
    site.closeAllConnections?.();
  }
}

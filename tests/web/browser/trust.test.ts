// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// `daorian tls` as a browser sees it: refused before the authority is trusted, taken afterwards by name
// and by address; the client installs there. Then the worker's change from one build of the client to
// another, behind a small proxy that turns one into the other. Arguments: the daorian executable.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { runTests, test } from '../tap';
import { FLAGS, launchBrowser, openContext, pageFaults, PHONE } from './browser';
import { prepareDaemon, sweepDaemon } from './daemon';

const daemon = prepareDaemon(process.argv[2]!);
daemon.run(['tls', '--name', 'box.local']);
await daemon.start();
const securePort = Number(/https:\/\/127\.0\.0\.1:(\d+)/.exec(await waitForWords(/https:\/\//))![1]);
const browser = await launchBrowser();

/** What the daemon has printed, once it has printed it. */
async function waitForWords(words: RegExp): Promise<string> {
  for (let turn = 0; turn < 200 && !words.test(daemon.said()); turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return daemon.said();
}

function runTool(program: string, args: readonly string[]): void {
  const done = spawnSync(program, args, { encoding: 'utf8', timeout: 60_000 });
  assert.equal(done.status, 0, `${program}: ${done.error?.message ?? done.stderr}`);
}

/** A browser of somebody who did what /trust says. */
async function launchTrusting(): Promise<Browser> {
  const home = join(daemon.folder, 'home');
  const store = `sql:${join(home, '.pki', 'nssdb')}`;
  mkdirSync(join(home, '.pki', 'nssdb'), { recursive: true });
  const authority = join(daemon.folder, 'data', 'tls', 'authority.crt');
  runTool('certutil', ['-d', store, '-N', '--empty-password']);
  runTool('certutil', ['-d', store, '-A', '-t', 'C,,', '-n', 'daorian', '-i', authority]);
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [...FLAGS, '--host-resolver-rules=MAP box.local 127.0.0.1,MAP other.example 127.0.0.1'],
    env: { ...process.env, HOME: home } as Record<string, string>,
    timeout: 60_000,
  });
}

async function openPhone(from: Browser): Promise<{ context: BrowserContext; page: Page }> {
  const context = await from.newContext({ locale: 'th-TH', viewport: PHONE });
  context.setDefaultTimeout(20_000);
  return { context, page: await context.newPage() };
}

/** Waits until the worker answers for pages of this origin. */
async function waitForWorker(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
}

test('before it is trusted the browser refuses', async () => {
  const { context, page } = await openPhone(browser);
  await assert.rejects(page.goto(`https://localhost:${securePort}/`), /ERR_CERT_AUTHORITY_INVALID/);
  await context.close();
});

test('once trusted it is secure by name and by address, for no other name, and works without the server', async () => {
  const trusting = await launchTrusting();
  const { context, page } = await openPhone(trusting);
  for (const host of ['localhost', '127.0.0.1', 'box.local']) {
    await page.goto(`https://${host}:${securePort}/`);
    assert.equal(await page.evaluate(() => isSecureContext), true, host);
  }
  const stranger = await context.newPage();
  await assert.rejects(stranger.goto(`https://other.example:${securePort}/`), /ERR_CERT_COMMON_NAME_INVALID/);
  await stranger.close();
  await page.goto(`https://box.local:${securePort}/`);
  await waitForWorker(page);
  await page.reload();
  const link = page.locator('link[rel=manifest]');
  await link.waitFor({ state: 'attached' });
  const manifest = await link.evaluate(async (one) => {
    return (await (await fetch((one as HTMLLinkElement).href)).json()) as Record<string, unknown>;
  });
  assert.equal(manifest.lang, 'th');
  assert.equal(manifest.display, 'standalone');
  await context.setOffline(true);
  await page.goto(`https://box.local:${securePort}/offline`);
  await page.locator('.brand').waitFor();
  await context.close();
  await trusting.close();
});

interface Mirror {
  url: string;
  /** What is served: the build as it is, the next one, or a next one whose page is not its own. */
  build: 'first' | 'second' | 'broken';
  close(): void;
}

const SCRIPT = /([\w-]+-[\w-]{8})\.js/g;

/** Makes the second build of the first one: another page, other names of all scripts, another worker. */
function turn(text: string, build: Mirror['build'], page: string): string {
  const renamed = text.replace(SCRIPT, '$1.second.js');
  if (!text.includes('daorian-shell-')) return renamed.replace('<title>', '<meta name="build" content="second"><title>');
  const sum = build === 'broken' ? '0'.repeat(64) : createHash('sha256').update(page).digest('hex');
  return renamed.replace(/version:"[0-9a-f]+"/, `version:"${build}"`).replace(/page:"[0-9a-f]{64}"/, `page:"${sum}"`);
}

async function answer(mirror: Mirror, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? '/';
  const second = mirror.build !== 'first';
  const renamed = /\.second\.js$/.test(path);
  if (path.startsWith('/assets/') && path.endsWith('.js') && renamed !== second) {
    response.writeHead(404).end();
    return;
  }
  const from = await fetch(daemon.url + path.replace('.second.js', '.js'), { headers: { accept: request.headers.accept ?? '*/*' } });
  const bytes = Buffer.from(await from.arrayBuffer());
  const type = from.headers.get('content-type') ?? '';
  const turned = second && /^text\/(?:html|javascript)/.test(type);
  const page = turned ? turn(await (await fetch(`${daemon.url}/`)).text(), 'second', '') : '';
  const headers: Record<string, string> = { 'content-type': type, 'cache-control': from.headers.get('cache-control') ?? '' };
  const policy = from.headers.get('content-security-policy');
  if (policy) headers['content-security-policy'] = policy;
  response.writeHead(from.status, headers).end(turned ? turn(bytes.toString(), mirror.build, page) : bytes);
}

async function openMirror(): Promise<Mirror> {
  const server = createServer((request, response) => {
    answer(mirror, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const mirror: Mirror = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    build: 'first',
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return mirror;
}

function readBuild(page: Page): Promise<string> {
  return page.evaluate(() => document.querySelector<HTMLMetaElement>('meta[name=build]')?.content ?? 'first');
}

/** Looks for a new worker; its state when it came to rest. */
function update(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    await registration.update().catch(() => undefined);
    const coming = registration.installing ?? registration.waiting;
    if (!coming) return 'none';
    while (coming.state === 'installing') {
      await new Promise((resolve) => coming.addEventListener('statechange', resolve, { once: true }));
    }
    return coming.state;
  });
}

const listShells = (page: Page): Promise<string[]> => page.evaluate(() => caches.keys());

test('a new build of the client waits, is offered, and takes over whole; a mixed one never installs', async () => {
  const mirror = await openMirror();
  const context = await openContext(browser, { ...daemon, url: mirror.url });
  const page = await context.newPage();
  await page.goto('/');
  await waitForWorker(page);
  await page.reload();
  assert.equal(await readBuild(page), 'first');
  const before = await listShells(page);
  assert.equal(before.length, 1);

  mirror.build = 'broken';
  assert.match(await update(page), /redundant|none/);
  await page.reload();
  assert.equal(await readBuild(page), 'first');
  await page.locator('.search').waitFor();

  mirror.build = 'second';
  const other = await context.newPage();
  await other.goto('/');
  assert.equal(await update(page), 'installed');
  await page.locator('.toast', { hasText: 'รุ่นใหม่' }).waitFor();
  // Until somebody agrees, every page is the old one, and whole.
  await other.reload();
  assert.equal(await readBuild(other), 'first');
  await other.locator('.brand').waitFor();
  await page.locator('.toast-action').click();
  await page.locator('.toast', { hasText: 'ปิดหน้าอื่น' }).waitFor();
  assert.equal(await readBuild(page), 'first');
  await other.close();
  await page.reload();
  await page.locator('.toast', { hasText: 'รุ่นใหม่' }).waitFor();
  await page.locator('.toast-action').click();
  await page.waitForFunction(() => document.querySelector<HTMLMetaElement>('meta[name=build]')?.content === 'second');
  await page.locator('.search').waitFor();
  await page.waitForFunction(async () => (await caches.keys()).join() === 'daorian-shell-second');
  mirror.close();
  await page.reload();
  assert.equal(await readBuild(page), 'second');
  await page.locator('.brand').waitFor();
  await context.close();
});

test('an old page that needs a part which the server has no more becomes the new one by itself', async () => {
  const mirror = await openMirror();
  const context = await openContext(browser, { ...daemon, url: mirror.url });
  const page = await context.newPage();
  await page.goto('/');
  await waitForWorker(page);
  await page.reload();
  await page.locator('.search').waitFor();
  mirror.build = 'second';
  assert.equal(await readBuild(page), 'first');
  await page.locator('.nav a[href="/offline"]').click();
  await page.waitForFunction(() => document.querySelector<HTMLMetaElement>('meta[name=build]')?.content === 'second');
  await page.locator('.empty').waitFor();
  assert.equal(new URL(page.url()).pathname, '/offline');
  await context.close();
  mirror.close();
});

test('no page reported a script error or a breach of the content policy', () => {
  assert.deepEqual(pageFaults, []);
});

await runTests(async () => {
  await browser.close();
  await sweepDaemon(daemon);
});

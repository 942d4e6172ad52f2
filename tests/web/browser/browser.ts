// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Chromium for the tests: its flags, pages that fail a test on any script error, axe-core, byte counts
// and screenshots.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { ADMIN, type Daemon } from './daemon';

export const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** How long a page may take over one thing where a processor has much else to do. */
export const PATIENCE_MS = 45_000;
export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1366, height: 768 };

/** Faults that pages reported since they were last looked at. */
export const pageFaults: string[] = [];

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS, timeout: 60_000 });
}

export interface Look {
  viewport?: { width: number; height: number };
  dark?: boolean;
  english?: boolean;
  /** The speed that the visitor last played at. */
  rate?: number;
}

/** A fresh visitor. Errors of scripts and of the content policy are gathered in pageFaults. */
export async function openContext(browser: Browser, daemon: Daemon, look: Look = {}): Promise<BrowserContext> {
  const context = await browser.newContext({
    baseURL: daemon.url,
    viewport: look.viewport ?? DESKTOP,
    locale: 'th-TH',
    timezoneId: 'Asia/Bangkok',
    colorScheme: look.dark ? 'dark' : 'light',
  });
  context.setDefaultTimeout(PATIENCE_MS);
  if (look.english) {
    await context.addInitScript(() => {
      if (location.protocol !== 'about:') localStorage.setItem('daorian.language', '"en"');
    });
  }
  if (look.rate) {
    await context.addInitScript((rate) => {
      if (location.protocol !== 'about:') localStorage.setItem('daorian.rate', String(rate));
    }, look.rate);
  }
  context.on('page', (page) => {
    page.on('pageerror', (error) => pageFaults.push(`${page.url()}: ${error.message}`));
    page.on('console', (message) => {
      if (/Content Security Policy|Refused to/i.test(message.text())) pageFaults.push(message.text());
    });
  });
  return context;
}

/** Signs in through the form. */
export async function signIn(page: Page, who: { name: string; password: string } = ADMIN): Promise<void> {
  await page.goto('/login');
  await page.locator('input[autocomplete=username]').fill(who.name);
  await page.locator('input[autocomplete=current-password]').fill(who.password);
  await page.locator('form button[type=submit]').click();
  await page.waitForURL((url) => url.pathname !== '/login');
}

/** Serious and critical faults that axe-core finds on the page as it is. */
export async function findFaults(page: Page): Promise<string[]> {
  const web = process.env.DAORIAN_WEB!;
  const file = createRequire(join(web, 'package.json')).resolve('axe-core/axe.min.js');
  await page.evaluate(readFileSync(file, 'utf8'));
  return page.evaluate(async () => {
    interface Axe {
      run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>;
    }
    const { violations } = await (globalThis as unknown as { axe: Axe }).axe.run();
    return violations
      .filter((fault) => fault.impact === 'serious' || fault.impact === 'critical')
      .map((fault) => `${fault.id}: ${fault.nodes.map((node) => node.html.slice(0, 200)).join(' | ')}`);
  });
}

/** What makes the page wider than the window; it must be nothing. */
export function findOverflow(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    if (document.documentElement.scrollWidth <= window.innerWidth) return [];
    const wide = [...document.querySelectorAll('body *')].filter(
      (element) => element.getBoundingClientRect().right > window.innerWidth,
    );
    return wide.map((element) => `${element.tagName} ${element.className} ${element.textContent?.slice(0, 40)}`);
  });
}

export interface Count {
  /** Bytes of all finished answers, or of those whose address matches. */
  total(pattern?: RegExp): number;
  urls(): string[];
}

/** Every byte over the wire, heads included, as the browser's own protocol counts them. */
export async function countBytes(page: Page): Promise<Count> {
  const session = await page.context().newCDPSession(page);
  const asked = new Map<string, { url: string; bytes: number }>();
  await session.send('Network.enable');
  session.on('Network.requestWillBeSent', (event) => {
    asked.set(event.requestId, { url: event.request.url, bytes: 0 });
  });
  session.on('Network.loadingFinished', (event) => {
    const entry = asked.get(event.requestId);
    if (entry) entry.bytes = event.encodedDataLength;
  });
  return {
    total: (pattern = /./) =>
      [...asked.values()].reduce((sum, { url, bytes }) => sum + (pattern.test(url) ? bytes : 0), 0),
    urls: () => [...asked.values()].map(({ url }) => url),
  };
}

/** Whether this run makes the pictures of the documentation. */
export const SCREENSHOTS = process.env.DAORIAN_SCREENSHOTS === '1';

/** Takes a screenshot into docs/screenshots when this run is for them; each is under 200 KB. */
export async function takeScreenshot(page: Page, name: string): Promise<void> {
  if (!SCREENSHOTS) return;
  const folder = join(process.env.DAORIAN_WEB!, '..', 'docs', 'screenshots');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.webp`);
  const picture = await page.screenshot({ animations: 'disabled' });
  const options = ['-v', 'error', '-y', '-f', 'png_pipe', '-i', '-', '-quality', '90', path];
  const done = spawnSync('ffmpeg', options, { input: picture, timeout: 30_000 });
  if (done.status !== 0) throw new Error(`ffmpeg: ${done.error?.message ?? done.stderr.toString()}`);
  const { size } = statSync(path);
  if (size >= 200_000) throw new Error(`${path} has ${size} bytes`);
}

export interface Played {
  /** Decoded frames, shown or dropped. */
  frames: number;
  time: number;
  duration: number;
  /** Where the place changed but not by playing, "from>to" in seconds: frames were left out. */
  jumps: string[];
}

/** Starts the page's video, so many times faster than it is; at any rate all frames are decoded. */
export async function playAt(page: Page, rate: number): Promise<void> {
  await page.evaluate(async (speed) => {
    const video = document.querySelector('video')!;
    video.defaultPlaybackRate = speed;
    video.playbackRate = speed;
    await video.play();
    video.playbackRate = speed;
  }, rate);
}

/** Waits until the page's video has ended, or has failed as its title then says, and tells how it was. */
export async function playToEnd(page: Page, seconds: number): Promise<Played> {
  const jumps = await page.evaluateHandle(() => {
    const video = document.querySelector('video')!;
    const list: string[] = [];
    let last = video.currentTime;
    video.addEventListener('timeupdate', () => {
      if (!video.seeking) last = video.currentTime;
    });
    video.addEventListener('seeking', () => list.push(`${last.toFixed(2)}>${video.currentTime.toFixed(2)}`));
    return list;
  });
  const over = (): boolean => document.querySelector('video')!.ended || document.title.startsWith('failed');
  const patience = page.waitForFunction(over, undefined, { timeout: seconds * 1000, polling: 100 });
  const late = await patience.then(
    () => '',
    () => `no end in ${seconds} s`,
  );
  const read = (list: string[]): Played & { state: string } => {
    const video = document.querySelector('video')!;
    const { currentTime: time, duration, readyState, paused, error } = video;
    const buffered = Array.from({ length: video.buffered.length }, (_, i) => `${video.buffered.start(i)}-${video.buffered.end(i)}`);
    const state = `ready ${readyState}, paused ${paused}, has ${buffered.join(' ')}, ${error?.message ?? 'no error'}`;
    return { frames: video.getVideoPlaybackQuality().totalVideoFrames, time, duration, jumps: list, state };
  };
  const { state, ...played } = await jumps.evaluate(read);
  const failed = /^failed.*/.exec(await page.title())?.[0];
  if (late || failed) throw new Error(`${failed ?? late}: ${JSON.stringify(played)}, ${state}`);
  return played;
}

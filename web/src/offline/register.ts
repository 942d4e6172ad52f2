// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Fetched when a page is loaded and idle: the service worker, the manifest, and whatever was being kept
// when the browser was closed. A new version of the client is offered, never forced: it takes over when
// the learner says so and no other page is open, or by itself when all pages are closed.

import { countBytes } from '../lib/budget';
import { language } from '../lib/i18n';
import { recall } from '../lib/storage';
import { createStore } from '../lib/store';
import { showToast } from '../ui/toast';
import { DATABASE, STALE, type WorkerOrder } from './header';

// Not in a chunk of their own: an old page may find no chunk at the server any more.
const WORDS = {
  th: {
    ready: 'มีโปรแกรมรุ่นใหม่',
    reload: 'โหลดใหม่',
    others: 'ปิดหน้าอื่นของดาวเรียนก่อน แล้วลองอีกครั้ง',
  },
  en: {
    ready: 'A new version of the program is here',
    reload: 'Reload',
    others: 'Close the other pages of Daorian first, then try again.',
  },
};

/** The worker and the manifest over the line, about: no timing shows them to the page. */
const UNSEEN_BYTES = 5000;

/** A part of this page was not to be had: a newer version takes over without being asked. */
const stale = createStore(false);

function addLink(rel: string, href: string): void {
  const link = document.createElement('link');
  link.rel = rel;
  link.href = href;
  document.head.append(link);
}

/** The answer of the worker to an order. */
export function order(worker: ServiceWorker, what: WorkerOrder): Promise<boolean> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (event) => resolve(event.data === true);
    worker.postMessage(what, [port2]);
  });
}

async function takeOver(waiting: ServiceWorker): Promise<void> {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
  if (await order(waiting, 'take-over')) return;
  const texts = WORDS[language.get()];
  showToast(texts.others, () => void takeOver(waiting), texts.reload);
}

function offer(registration: ServiceWorkerRegistration): void {
  const { waiting } = registration;
  if (!waiting || !navigator.serviceWorker.controller) return;
  if (stale.get()) {
    void takeOver(waiting);
    return;
  }
  const texts = WORDS[language.get()];
  showToast(texts.ready, () => void takeOver(waiting), texts.reload);
}

function watch(registration: ServiceWorkerRegistration): void {
  offer(registration);
  navigator.serviceWorker.addEventListener('message', (event) => {
    if (typeof event.data === 'number') countBytes(event.data);
    if (event.data !== STALE || stale.get()) return;
    stale.set(true);
    offer(registration);
  });
  registration.addEventListener('updatefound', () => {
    const coming = registration.installing;
    coming?.addEventListener('statechange', () => {
      if (coming.state === 'installed') offer(registration);
    });
  });
}

/** Whether something may be waiting to go on. What localStorage knew is lost when the browser is killed. */
async function mayHaveCopies(): Promise<boolean> {
  if (recall<boolean>('keeping', false)) return true;
  const all = await indexedDB.databases?.().catch(() => []);
  return all?.some((database) => database.name === DATABASE) ?? false;
}

let registered: Promise<void> | null = null;

/** Registers the worker, once a page. */
export function registerWorker(): Promise<void> {
  registered ??= navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' }).then((registration) => {
    if (!registration.active) countBytes(UNSEEN_BYTES);
    watch(registration);
  });
  return registered;
}

/** Called once, when the page is idle. Without a secure context there is nothing to do. */
export async function startOffline(): Promise<void> {
  if (!isSecureContext || !('serviceWorker' in navigator)) return;
  addLink('manifest', `/app/manifest-${language.get()}.webmanifest`);
  addLink('apple-touch-icon', '/app/touch-180.png');
  const copies = await mayHaveCopies();
  try {
    await registerWorker();
  } catch (error) {
    console.warn('offline:', error);
    return;
  }
  if (copies) await (await import('./queue')).start();
}

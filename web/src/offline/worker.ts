// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The service worker, built to /sw.js. It answers three things: pages of the client from the kept shell,
// its assets, and files of kept lessons; a lesson itself only when the server does not answer. Nothing
// else passes through it, and nothing that belongs to a person is ever stored. A new version waits until
// no page of the old one is left, or until the only page asks for it.

import { CHANNEL, KEPT_HEADER, STALE, type WorkerOrder } from './header';
import { Shelf } from './serve';
import { Shell, type ShellParts } from './shell';

interface WorkerClients {
  matchAll(options: {
    type: 'window';
    includeUncontrolled: boolean;
  }): Promise<readonly { postMessage(message: number): void }[]>;
  get(id: string): Promise<{ postMessage(message: string): void } | undefined>;
  claim(): Promise<void>;
}

interface ExtendableEvent extends Event {
  waitUntil(promise: Promise<unknown>): void;
}

interface FetchEvent extends ExtendableEvent {
  readonly request: Request;
  readonly clientId: string;
  respondWith(response: Promise<Response>): void;
}

interface WorkerScope extends EventTarget {
  readonly location: Location;
  readonly clients: WorkerClients;
  readonly registration: ServiceWorkerRegistration;
  skipWaiting(): Promise<void>;
}

declare const DAORIAN_SHELL: ShellParts;

const scope = self as unknown as WorkerScope;
const shell = new Shell(DAORIAN_SHELL);
const shelf = new Shelf();

const PAGES = /^\/(?:$|watch\/|login$|setup$|account$|upload$|manage$|offline$|admin(?:\/|$))/;
const FILE = /^\/lessons\/([0-9a-f-]{36})\/([A-Za-z0-9][A-Za-z0-9._-]*(?:\/[A-Za-z0-9][A-Za-z0-9._-]*)?)$/;
const LESSON = /^\/api\/v1\/lessons\/([0-9a-f-]{36})$/;
/** A server that says nothing for so long is as good as none, when there is a copy. */
const PATIENCE_MS = 4000;

async function answerFile(request: Request, lessonId: string, name: string): Promise<Response> {
  const kept = await shelf.findFile(lessonId, name, request.headers.get('Range')).catch(() => null);
  return kept ?? fetch(request);
}

/** The server's answer, unless it takes too long or there is none. */
function askServer(request: Request): Promise<Response | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), PATIENCE_MS);
    fetch(request).then(
      (response) => {
        clearTimeout(timer);
        resolve(response.status >= 502 && response.status <= 504 ? null : response);
      },
      () => {
        clearTimeout(timer);
        resolve(null);
      },
    );
  });
}

async function answerLesson(request: Request, lessonId: string): Promise<Response> {
  const lesson = await shelf.findLesson(lessonId).catch(() => null);
  if (lesson === null) return fetch(request);
  const response = await askServer(request.clone());
  // A lesson that was withdrawn, or that this visitor may not see now, plays on from the copy.
  if (response && response.status !== 404) return response;
  return new Response(JSON.stringify(lesson), {
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', [KEPT_HEADER]: '1' },
  });
}

/** Staff pages are not kept at all. What the server has no more was of an older version. */
async function answerAsset(request: Request, path: string, pageId: string): Promise<Response> {
  const response = await (shell.has(path) ? shell.answerAsset(path) : fetch(request));
  if (response.status === 404) {
    void scope.registration.update().catch(() => undefined);
    (await scope.clients.get(pageId))?.postMessage(STALE);
  }
  return response;
}

function choose({ request, clientId }: FetchEvent): Promise<Response> | null {
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== scope.location.origin) return null;
  if (request.mode === 'navigate') return PAGES.test(url.pathname) ? shell.answerPage(request) : null;
  if (url.pathname.startsWith('/assets/')) return answerAsset(request, url.pathname, clientId);
  if (url.search !== '') return null;
  const file = FILE.exec(url.pathname);
  if (file && shelf.mayHave(file[1]!, file[2])) return answerFile(request, file[1]!, file[2]!);
  const lesson = LESSON.exec(url.pathname);
  if (lesson && shelf.mayHave(lesson[1]!)) return answerLesson(request, lesson[1]!);
  return null;
}

async function takeOver(): Promise<boolean> {
  const pages = await scope.clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (pages.length > 1) return false;
  await scope.skipWaiting();
  return true;
}

async function obey(order: WorkerOrder): Promise<boolean> {
  switch (order) {
    case 'changed':
      shelf.refresh();
      return true;
    case 'complete':
      await scope.clients.claim();
      await shell.complete();
      return true;
    case 'take-over':
      return takeOver();
  }
}

scope.addEventListener('install', (event) => {
  (event as ExtendableEvent).waitUntil(shelf.hasAny().then((any) => shell.install(any)));
});

scope.addEventListener('activate', (event) => {
  (event as ExtendableEvent).waitUntil(shell.sweep());
});

scope.addEventListener('fetch', (event) => {
  const answer = choose(event as FetchEvent);
  if (answer) (event as FetchEvent).respondWith(answer);
});

scope.addEventListener('message', (event) => {
  const { data, ports } = event as MessageEvent<WorkerOrder>;
  const done = obey(data).then(
    (answer) => ports[0]?.postMessage(answer),
    () => ports[0]?.postMessage(false),
  );
  (event as unknown as ExtendableEvent).waitUntil(done);
});

/** Pages cannot see what the worker itself transfers: one of them is told, and counts it. */
async function report(bytes: number): Promise<void> {
  const [page] = await scope.clients.matchAll({ type: 'window', includeUncontrolled: true });
  page?.postMessage(bytes);
}

if (typeof PerformanceObserver === 'function') {
  new PerformanceObserver((list) => {
    // What is fetched while it is installed is in the page's own estimate; files of lessons count where they are asked for.
    const ours = list.getEntries().filter((entry) => !FILE.test(new URL(entry.name).pathname));
    const bytes = ours.reduce((sum, entry) => sum + (entry as PerformanceResourceTiming).transferSize, 0);
    if (bytes > 0 && scope.registration.active) void report(bytes);
  }).observe({ type: 'resource' });
}

if (typeof BroadcastChannel === 'function') {
  new BroadcastChannel(CHANNEL).onmessage = () => shelf.refresh();
}

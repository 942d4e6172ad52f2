// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Keeping lessons, one after the other, in whichever page holds the lock; the others watch. Everything
// that must survive is in the database: a page that comes back goes on with what stands there.
//
//   queued --run--> loading --all files--> kept        loading --onChanged(paused)--> paused --go on--> queued
//   loading --handleFault--> failed --go on--> queued   any --bin--> bin --undo--> as before, or purged

import { call, ApiError } from '../lib/api';
import { budget, countBytes, mayTransfer } from '../lib/budget';
import { remember } from '../lib/storage';
import { createStore } from '../lib/store';
import type { Lesson } from '../lib/types';
import { findSound } from '../player/support';
import { TransferError } from '../player/transfer';
import {
  listCopies,
  listFiles,
  openDatabase,
  putCopy,
  removeCopy,
  removeFiles,
  updateCopy,
  type Copy,
  type CopyFault,
  type CopyState,
} from './database';
import { CHANNEL, FRESH_QUERY } from './header';
import { DamageError, loadFile } from './loader';
import { makeCopy, parseManifest, PlanError } from './plan';
import { order, registerWorker } from './register';

/** What one page knows of the copies; bytes here are counted by copy. */
export interface Kept {
  copies: readonly Copy[];
  have: ReadonlyMap<string, number>;
}

export interface Motion {
  retrying: boolean;
  /** The weekly budget is used up; it goes on when it is not any more. */
  waiting: boolean;
}

/** Null until the database was read. */
export const kept = createStore<Kept | null>(null);
export const motion = createStore<Motion>({ retrying: false, waiting: false });
/** Why nothing can be kept in this browser; empty when it can. */
export const obstacle = createStore<'' | 'insecure' | 'storage'>('');

const UNDO_MS = 13_000;
/** As long as the worker is waited for. */
const WORKER_WAIT_MS = 60_000;
const SHELL_RETRY_MS = 3000;
const SHOW_BYTES = 64 * 1024;
const LOCK = 'daorian-keep';

let database: Promise<IDBDatabase> | null = null;
let current: { key: string; abort: AbortController } | null = null;
let channel: BroadcastChannel | null = null;

function open(): Promise<IDBDatabase> {
  database ??= openDatabase().catch((error: unknown) => {
    database = null;
    throw error;
  });
  return database;
}

async function tellWorker(order: 'changed' | 'complete'): Promise<void> {
  const worker = (await navigator.serviceWorker?.ready)?.active;
  worker?.postMessage(order);
}

/** Reads the database into the store. */
async function read(): Promise<void> {
  const db = await open();
  const [copies, files] = await Promise.all([listCopies(db), listFiles(db)]);
  const have = new Map<string, number>();
  for (const copy of copies) {
    have.set(copy.key, copy.files.reduce((sum, file) => sum + (files.get(file.key)?.have ?? 0), 0));
  }
  kept.set({ copies, have });
  const whole = copies.filter((copy) => copy.state === 'kept');
  remember('kept', whole.length > 0 ? [...new Set(whole.map((copy) => copy.lesson_id))] : undefined);
  remember('kept-rungs', whole.length > 0 ? whole.map((copy) => `${copy.lesson_id} ${copy.rung}`) : undefined);
  const open_ = copies.some((copy) => copy.state === 'queued' || copy.state === 'loading');
  remember('keeping', open_ ? true : undefined);
}

/** After every change: this page, the worker and the other pages look anew. */
async function publish(): Promise<void> {
  channel?.postMessage('changed');
  await read();
  void tellWorker('changed');
}

async function onChanged(): Promise<void> {
  await read();
  const copy = kept.get()?.copies.find((item) => item.key === current?.key);
  if (current && copy?.state !== 'loading') current.abort.abort();
}

async function fetchManifest(lessonId: string): Promise<unknown> {
  const response = await fetch(`/lessons/${lessonId}/lesson.json${FRESH_QUERY}`, { cache: 'no-cache' });
  if (!response.ok) throw new TransferError(response.status, `HTTP ${response.status}`);
  const text = await response.text();
  countBytes(text.length);
  return JSON.parse(text) as unknown;
}

/** The copy of a lesson in a rung as it would be made now. */
async function planCopy(lesson: Lesson, rung: string): Promise<Copy> {
  return makeCopy(lesson, parseManifest(await fetchManifest(lesson.id)), rung, findSound(lesson)?.name ?? null, Date.now());
}

export interface RenewalPlan {
  copy: Copy;
  /** What of it is not here yet. */
  bytes: number;
}

/**
 * Which whole copies the server has newer versions of: the same rung made of other files. A rung that is not
 * made any more is left as it is. Throws when the server does not say.
 */
export async function planRenewal(lesson: Lesson, copies: readonly Copy[]): Promise<RenewalPlan[]> {
  const manifest = parseManifest(await fetchManifest(lesson.id));
  const here = await listFiles(await open());
  const sound = findSound(lesson)?.name ?? null;
  const plans: RenewalPlan[] = [];
  for (const old of copies) {
    try {
      const copy = makeCopy(lesson, manifest, old.rung, sound, Date.now());
      if (copies.some((item) => item.key === copy.key)) continue;
      const bytes = copy.files.reduce((sum, file) => sum + file.bytes - (here.get(file.key)?.have ?? 0), 0);
      plans.push({ copy, bytes });
    } catch (error) {
      if (!(error instanceof PlanError)) throw error;
    }
  }
  return plans;
}

/** Adds a lesson in a rung to what is kept. Throws when the server does not say what it is made of. */
export async function keep(lesson: Lesson, rung: string): Promise<void> {
  const copy = await planCopy(lesson, rung);
  const db = await open();
  await navigator.storage?.persist?.().catch(() => false);
  const old = kept.get()?.copies.find((item) => item.key === copy.key);
  if (old?.state === 'kept') return;
  await putCopy(db, { ...copy, watched_ms: old?.watched_ms ?? 0 });
  await publish();
  await registerWorker().catch((error: unknown) => console.warn('offline:', error));
  void tellWorker('complete');
  void run();
}

async function setState(key: string, state: CopyState, fault: CopyFault | null = null): Promise<void> {
  await updateCopy(await open(), key, (copy) => {
    copy.state = state;
    copy.fault = fault;
    if (state === 'bin') copy.binned_ms = Date.now();
  });
  await publish();
}

export async function pause(key: string): Promise<void> {
  await setState(key, 'paused');
  if (current?.key === key) current.abort.abort();
}

export async function goOn(key: string): Promise<void> {
  await setState(key, 'queued');
  void run();
}

/** Takes copies away; the answer brings them back. They are really gone a while later. */
export async function bin(keys: readonly string[]): Promise<() => void> {
  const before = new Map(kept.get()?.copies.map((copy) => [copy.key, copy.state]));
  for (const key of keys) {
    await setState(key, 'bin');
    if (current?.key === key) current.abort.abort();
  }
  setTimeout(() => void purge(), UNDO_MS);
  return () => {
    for (const key of keys) {
      const state = before.get(key) ?? 'kept';
      void setState(key, state === 'loading' ? 'queued' : state).then(run);
    }
  };
}

/** Really removes what has been in the bin for long enough. */
async function purge(): Promise<void> {
  const db = await open();
  const due = (await listCopies(db)).filter(
    (copy) => copy.state === 'bin' && Math.abs(Date.now() - copy.binned_ms) >= UNDO_MS - 1000,
  );
  for (const copy of due) await removeCopy(db, copy.key);
  if (due.length > 0) await publish();
}

/** Waits until the budget lets something through again, or the copy is stopped. */
async function waitForBudget(signal: AbortSignal): Promise<void> {
  if (mayTransfer()) return;
  motion.set({ retrying: false, waiting: true });
  await new Promise<void>((resolve) => {
    const done = (): void => {
      if (!mayTransfer() && !signal.aborted) return;
      stop();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const stop = budget.subscribe(done);
    signal.addEventListener('abort', done);
    done();
  });
  motion.set({ retrying: false, waiting: false });
}

/** A budget that is used up in the middle ends the transfer; what is whole stays. */
async function loadWithin(db: IDBDatabase, copy: Copy, index: number, signal: AbortSignal): Promise<void> {
  const begun = kept.get()?.have.get(copy.key) ?? 0;
  let count = 0;
  let shown = 0;
  while (!signal.aborted) {
    await waitForBudget(signal);
    const abort = new AbortController();
    const stop = (): void => abort.abort();
    signal.addEventListener('abort', stop);
    try {
      await loadFile(db, copy.lesson_id, copy.files[index]!, abort.signal, {
        onReceived: countBytes,
        onBytes(bytes) {
          count += bytes;
          if (count - shown > SHOW_BYTES) showProgress(copy.key, begun + (shown = count));
          if (!mayTransfer()) abort.abort();
        },
        onRetrying: (retrying) => motion.set({ retrying, waiting: false }),
      });
      return;
    } catch (error) {
      if (!abort.signal.aborted || signal.aborted) throw error;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }
}

function showProgress(key: string, have: number): void {
  const now = kept.get();
  if (now) kept.set({ copies: now.copies, have: new Map(now.have).set(key, have) });
}

async function loadCopy(db: IDBDatabase, copy: Copy, signal: AbortSignal): Promise<void> {
  for (let index = 0; index < copy.files.length; index += 1) {
    await loadWithin(db, copy, index, signal);
    if (signal.aborted) throw new DOMException('aborted', 'AbortError');
    await read();
  }
}

function wait(ms: number): Promise<null> {
  return new Promise((resolve) => setTimeout(() => resolve(null), ms));
}

/** A lesson is kept when it plays without the line: the worker then has every file of the client that this needs. */
async function completeShell(signal: AbortSignal): Promise<void> {
  const ready = await Promise.race([navigator.serviceWorker.ready, wait(WORKER_WAIT_MS)]);
  while (ready?.active && !signal.aborted) {
    const done = await Promise.race([order(ready.active, 'complete'), wait(WORKER_WAIT_MS)]);
    motion.set({ retrying: !done, waiting: false });
    if (done) return;
    await wait(SHELL_RETRY_MS);
  }
  if (signal.aborted) throw new DOMException('aborted', 'AbortError');
}

/** Other copies of the same lesson in the same rung are older: this one takes their place. */
async function settle(db: IDBDatabase, copy: Copy): Promise<void> {
  const older = (await listCopies(db)).filter(
    (item) => item.lesson_id === copy.lesson_id && item.rung === copy.rung && item.key !== copy.key,
  );
  const watched = Math.max(copy.watched_ms, ...older.map((item) => item.watched_ms));
  await updateCopy(db, copy.key, (fresh) => {
    fresh.state = 'kept';
    fresh.fault = null;
    fresh.watched_ms = watched;
  });
  for (const item of older) if (item.state !== 'bin') await removeCopy(db, item.key);
}

/** The lesson was encoded anew meanwhile: plans it again. Null when it is not to be had. */
async function planAgain(copy: Copy): Promise<Copy | null> {
  try {
    const lesson = await call<Lesson>(`lessons/${copy.lesson_id}${FRESH_QUERY}`);
    return await planCopy(lesson, copy.rung);
  } catch (error) {
    if (error instanceof PlanError || (error instanceof ApiError && error.status >= 400 && error.status < 500)) {
      return null;
    }
    throw error;
  }
}

function isReplaced(error: unknown): boolean {
  return error instanceof DamageError || (error instanceof TransferError && [404, 410, 416].includes(error.status));
}

async function handleFault(db: IDBDatabase, copy: Copy, error: unknown): Promise<void> {
  if (isReplaced(error)) {
    const fresh = await planAgain(copy).catch(() => copy);
    if (!fresh) return setState(copy.key, 'failed', 'gone');
    if (fresh.key === copy.key) return setState(copy.key, 'failed', 'damaged');
    await putCopy(db, { ...fresh, added_ms: copy.added_ms, watched_ms: copy.watched_ms });
    await removeCopy(db, copy.key);
    return publish();
  }
  const full = error instanceof DOMException && error.name === 'QuotaExceededError';
  const gone = error instanceof TransferError && [401, 403].includes(error.status);
  console.warn('keeping stopped:', error);
  return setState(copy.key, 'failed', full ? 'space' : gone ? 'gone' : 'server');
}

/** Files that no copy names: what a kill left between two changes. */
async function sweep(db: IDBDatabase): Promise<void> {
  const needed = new Set((await listCopies(db)).flatMap((copy) => copy.files.map((file) => file.key)));
  const loose = [...(await listFiles(db)).keys()].filter((key) => !needed.has(key));
  if (loose.length > 0) await removeFiles(db, loose);
}

async function work(): Promise<void> {
  const db = await open();
  await sweep(db);
  for (;;) {
    const all = (await listCopies(db)).filter((copy) => copy.state === 'queued' || copy.state === 'loading');
    const copy = all[all.length - 1];
    if (!copy) return;
    const abort = new AbortController();
    current = { key: copy.key, abort };
    await setState(copy.key, 'loading');
    try {
      await loadCopy(db, copy, abort.signal);
      await completeShell(abort.signal);
      await settle(db, copy);
    } catch (error) {
      // Stopped by somebody, who has written why.
      if (!abort.signal.aborted) await handleFault(db, copy, error);
    } finally {
      current = null;
      motion.set({ retrying: false, waiting: false });
    }
    await publish();
  }
}

/** Works through the queue, in one page of this browser at a time. */
export async function run(): Promise<void> {
  if (navigator.locks) await navigator.locks.request(LOCK, work);
  else if (!current) await work();
}

/** Reads what is kept, and goes on with what was being kept. */
export async function start(): Promise<void> {
  if (!isSecureContext || !('serviceWorker' in navigator)) {
    obstacle.set('insecure');
    return;
  }
  if (kept.get() !== null) return;
  try {
    await purge();
    await read();
  } catch {
    obstacle.set('storage');
    return;
  }
  if (typeof BroadcastChannel === 'function' && !channel) {
    channel = new BroadcastChannel(CHANNEL);
    channel.onmessage = () => void onChanged();
  }
  void run();
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The files that are being sent, kept while the page lives, whichever page is shown. At most two go at
// a time. Each goes through tus; what the server has is the truth, so that sending can go on after a
// reload, on another day, or from another computer.

import { Upload, type DetailedError, type HttpRequest, type HttpResponse } from 'tus-js-client';
import { call, callHeaders } from '../lib/api';
import { t } from '../lib/i18n';
import { fetchLesson, staffText } from '../lib/staff';
import { createStore } from '../lib/store';
import type { UnfinishedUpload } from '../lib/types';
import { showToast } from '../ui/toast';
import { keepDraft, type Fields } from './drafts';
import { forgetUpload, hashFile, isSameFile, rememberUpload } from './fingerprint';
import { mixRate, nextChunkSize, SMALLEST_CHUNK } from './pace';

export type SendState = 'waiting' | 'sending' | 'paused' | 'stalled' | 'received' | 'failed';

export type Draft = Pick<Fields, 'title' | 'description' | 'language'>;

export interface Sending {
  key: number;
  file: File;
  state: SendState;
  uploadId: string | null;
  lessonId: string | null;
  sent: number;
  /** Bytes a second; null before anything was measured. */
  rate: number | null;
  error: string | null;
  /** What was typed before the server knew of the lesson. */
  draft: Draft;
  /** The part of it that a person typed, perhaps after it travelled. */
  typed: Partial<Draft>;
}

const ENDPOINT = '/api/v1/uploads';
const AT_ONCE = 2;
const STALLED_RETRY_MS = 20_000;
const RETRY_DELAYS = [0, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000];

export const sendings = createStore<readonly Sending[]>([]);
/** Uploads the server holds in part and that this page is not sending. */
export const unfinished = createStore<readonly UnfinishedUpload[]>([]);

const running = new Map<number, Upload>();
let nextKey = 1;

export function changeSending(key: number, change: Partial<Sending>): void {
  sendings.update((list) => list.map((item) => (item.key === key ? { ...item, ...change } : item)));
}

function findSending(key: number): Sending | undefined {
  return sendings.get().find((item) => item.key === key);
}

/** Takes what was typed before the lesson's own form is there. */
export function typeEarly(key: number, change: Partial<Draft>): void {
  const item = findSending(key);
  if (!item) return;
  const typed = { ...item.typed, ...change };
  changeSending(key, { draft: { ...item.draft, ...change }, typed });
  if (item.lessonId) keepDraft(item.lessonId, typed);
}

function guardLeaving(event: BeforeUnloadEvent): void {
  event.preventDefault();
  event.returnValue = staffText().upload.leave;
}

/** Starts what waits while there is room; asks before the page is left in mid-send. */
function pump(): void {
  const list = sendings.get();
  const busy = list.filter((item) => item.state === 'sending' || item.state === 'stalled').length;
  for (const item of list.filter((one) => one.state === 'waiting').slice(0, Math.max(0, AT_ONCE - busy))) {
    start(item);
  }
  const going = sendings.get().some((item) => ['waiting', 'sending', 'stalled'].includes(item.state));
  removeEventListener('beforeunload', guardLeaving);
  if (going) addEventListener('beforeunload', guardLeaving);
}

function titleOf(name: string): string {
  return name.replace(/\.[A-Za-z0-9]{1,5}$/, '').replace(/[_]+/g, ' ').trim() || name;
}

/** The sentence of a failed tus request: the server's own where it gave one. */
function describeTusError(error: Error | DetailedError): string {
  const response = 'originalResponse' in error ? error.originalResponse : null;
  if (!response) return t().errors.offline;
  try {
    const problem = JSON.parse(response.getBody()) as { detail?: string; title?: string };
    if (problem.detail ?? problem.title) return (problem.detail ?? problem.title)!;
  } catch {
    // Not a problem document.
  }
  return t().errors.server(response.getStatus());
}

function isLost(error: Error | DetailedError): boolean {
  const response = 'originalResponse' in error ? error.originalResponse : null;
  return response === null || response.getStatus() >= 500;
}

function onAnswer(key: number, response: HttpResponse): void {
  const lesson = response.getHeader('Daorian-Lesson');
  const item = findSending(key);
  if (lesson && item && !item.lessonId) {
    keepDraft(lesson, item.typed);
    changeSending(key, { lessonId: lesson });
    void fetchLesson(lesson).catch(() => undefined);
  }
}

function onCreated(key: number, upload: Upload, hash: number): void {
  const id = upload.url?.split('/').pop() ?? null;
  if (!id) return;
  changeSending(key, { uploadId: id });
  rememberUpload(id, hash);
}

function onSent(key: number): void {
  const item = findSending(key);
  running.delete(key);
  if (!item) return;
  changeSending(key, { state: 'received', sent: item.file.size, error: null });
  if (item.uploadId) forgetUpload(item.uploadId);
  if (item.lessonId) void fetchLesson(item.lessonId).catch(() => undefined);
  showToast(staffText().upload.finished(item.file.name));
  pump();
}

function onFailed(key: number, error: Error | DetailedError): void {
  if (!findSending(key)) return;
  if (!isLost(error)) {
    running.delete(key);
    changeSending(key, { state: 'failed', error: describeTusError(error), rate: null });
    pump();
    return;
  }
  changeSending(key, { state: 'stalled', rate: null });
  const again = (): void => {
    clearTimeout(timer);
    removeEventListener('online', again);
    if (findSending(key)?.state === 'stalled') running.get(key)?.start();
  };
  const timer = setTimeout(again, STALLED_RETRY_MS);
  addEventListener('online', again);
}

function makeUpload(item: Sending, hash: number): Upload {
  const { key } = item;
  let chunkBegan = performance.now();
  let last = { at: performance.now(), sent: item.sent };
  const upload: Upload = new Upload(item.file, {
    endpoint: ENDPOINT,
    uploadUrl: item.uploadId ? `${ENDPOINT}/${item.uploadId}` : null,
    chunkSize: SMALLEST_CHUNK,
    retryDelays: RETRY_DELAYS,
    storeFingerprintForResuming: false,
    metadata: {
      filename: item.file.name,
      title: item.draft.title,
      description: item.draft.description,
      language: item.draft.language,
    },
    onBeforeRequest(request: HttpRequest) {
      for (const [name, value] of Object.entries(callHeaders())) request.setHeader(name, value);
    },
    onAfterResponse: (_request: HttpRequest, response: HttpResponse) => onAnswer(key, response),
    onUploadUrlAvailable: () => onCreated(key, upload, hash),
    onProgress(sent: number) {
      const now = performance.now();
      const rate = mixRate(findSending(key)?.rate ?? null, sent - last.sent, (now - last.at) / 1000);
      last = { at: now, sent };
      changeSending(key, { state: 'sending', sent, rate });
    },
    onChunkComplete(size: number) {
      const seconds = (performance.now() - chunkBegan) / 1000;
      chunkBegan = performance.now();
      upload.options.chunkSize = nextChunkSize(Math.max(SMALLEST_CHUNK, size), seconds);
    },
    onShouldRetry(error: DetailedError) {
      chunkBegan = performance.now();
      const status = error.originalResponse?.getStatus() ?? 0;
      if (status === 0) changeSending(key, { state: 'stalled', rate: null });
      upload.options.chunkSize = SMALLEST_CHUNK;
      return status < 400 || status >= 500 || status === 409 || status === 423 || status === 429;
    },
    onSuccess: () => onSent(key),
    onError: (error: Error | DetailedError) => onFailed(key, error),
  });
  return upload;
}

function start(item: Sending): void {
  changeSending(item.key, { state: 'sending', error: null, rate: null });
  void hashFile(item.file).then(
    (hash) => {
      const now = findSending(item.key);
      if (now?.state !== 'sending') return;
      const upload = makeUpload(now, hash);
      running.set(item.key, upload);
      upload.start();
    },
    () => changeSending(item.key, { state: 'failed', error: t().errors.unexpected }),
  );
}

function enqueue(file: File, from: UnfinishedUpload | null): void {
  const draft: Draft = { title: titleOf(file.name), description: '', language: 'th' };
  const item: Sending = {
    key: nextKey,
    file,
    state: 'waiting',
    uploadId: from?.id ?? null,
    lessonId: from?.lesson_id ?? null,
    sent: from?.offset_bytes ?? 0,
    rate: null,
    error: null,
    draft,
    typed: {},
  };
  nextKey += 1;
  sendings.update((list) => [...list, item]);
  if (item.lessonId) void fetchLesson(item.lessonId).catch(() => undefined);
}

/** Takes files to send. One that the server holds in part goes on from there. */
export async function addFiles(files: readonly File[]): Promise<void> {
  for (const file of files) {
    if (file.size === 0) {
      showToast(`${file.name}: ${staffText().upload.empty}`);
      continue;
    }
    const hash = await hashFile(file);
    const known = unfinished.get().find((upload) => isSameFile(upload, file, hash)) ?? null;
    if (known) unfinished.update((list) => list.filter((upload) => upload.id !== known.id));
    enqueue(file, known);
  }
  pump();
}

/** Goes on with one unfinished upload; false when the chosen file is another one. */
export async function resumeWith(upload: UnfinishedUpload, file: File): Promise<boolean> {
  if (!isSameFile(upload, file, await hashFile(file))) return false;
  unfinished.update((list) => list.filter((one) => one.id !== upload.id));
  enqueue(file, upload);
  pump();
  return true;
}

/** Asks the server what it holds in part. */
export async function loadUnfinished(): Promise<void> {
  const got = await call<{ items: UnfinishedUpload[] } | UnfinishedUpload[]>('uploads');
  const items = Array.isArray(got) ? got : got.items;
  const mine = new Set(sendings.get().map((item) => item.uploadId));
  unfinished.set(items.filter((upload) => !mine.has(upload.id)));
}

export function pauseSending(key: number): void {
  void running.get(key)?.abort();
  running.delete(key);
  changeSending(key, { state: 'paused', rate: null });
  pump();
}

export function resumeSending(key: number): void {
  changeSending(key, { state: 'waiting', error: null });
  pump();
}

async function terminate(uploadId: string): Promise<void> {
  const headers = { ...callHeaders(), 'Tus-Resumable': '1.0.0' };
  const ask = (): Promise<Response> => fetch(`${ENDPOINT}/${uploadId}`, { method: 'DELETE', headers });
  let response = await ask();
  // The server may still be busy with the request that was broken off.
  for (let attempt = 0; response.status === 423 && attempt < 5; attempt += 1) {
    await new Promise((resolve) => setTimeout(resolve, 600));
    response = await ask();
  }
  if (!response.ok && response.status !== 404 && response.status !== 410) {
    throw new Error(t().errors.server(response.status));
  }
  forgetUpload(uploadId);
}

/** Ends a sending and deletes at the server what was sent. */
export async function cancelSending(key: number): Promise<void> {
  const item = findSending(key);
  const upload = running.get(key);
  running.delete(key);
  sendings.update((list) => list.filter((one) => one.key !== key));
  pump();
  await upload?.abort();
  if (item?.uploadId) await terminate(item.uploadId);
}

/** Deletes at the server what was sent of an unfinished upload. */
export async function discardUnfinished(id: string): Promise<void> {
  await terminate(id);
  unfinished.update((list) => list.filter((upload) => upload.id !== id));
}

/** Takes a finished or failed row off the page. */
export function dismissSending(key: number): void {
  sendings.update((list) => list.filter((item) => item.key !== key));
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Calls about captions, and what is typed and not saved yet, kept in the browser until it is.

import { ApiError, call, callHeaders, isAbort, readProblem } from '../lib/api';
import { t } from '../lib/i18n';
import { recall, remember } from '../lib/storage';
import type { Captions, Lesson } from '../lib/types';

/** What is wrong in a file, by line. */
export interface LineFault {
  line: number;
  code: string;
  message: string;
}

export interface Listing {
  items: Captions[];
  /** One is configured. */
  recogniser: boolean;
  job: { language: string; state: string; error: string | null } | null;
}

export interface SavedCaptions extends Captions {
  warnings: LineFault[];
  more_warnings: number;
}

/** The file has faults; nothing was changed. */
export class FaultyFile extends ApiError {
  constructor(
    message: string,
    readonly faults: LineFault[],
    readonly more: number,
  ) {
    super(422, 'captions-invalid', message);
  }
}

export interface Version {
  /** The first digits of the file's hash: part of its name. */
  hash: string;
  ms: number;
  who: string;
}

function path(lessonId: string, language: string): string {
  return `lessons/${encodeURIComponent(lessonId)}/captions/${encodeURIComponent(language)}`;
}

async function send(address: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(address, init);
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new ApiError(0, 'offline', t().errors.offline);
  }
}

async function readFailure(response: Response): Promise<ApiError> {
  if (response.status !== 422) return readProblem(response);
  const copy = response.clone();
  const plain = await readProblem(response);
  const body = (await copy.json().catch(() => ({}))) as { errors?: LineFault[]; more_errors?: number };
  return body.errors ? new FaultyFile(plain.message, body.errors, body.more_errors ?? 0) : plain;
}

export function listCaptions(lessonId: string, signal?: AbortSignal): Promise<Listing> {
  return call<Listing>(`lessons/${encodeURIComponent(lessonId)}/captions`, signal ? { signal } : {});
}

/** The text as it is now, whatever the page knew before. */
export async function fetchText(lessonId: string, language: string): Promise<{ text: string; etag: string }> {
  const address = `/api/v1/${path(lessonId, language)}`;
  const response = await send(address, { headers: callHeaders(), cache: 'no-cache' });
  if (!response.ok) throw await readFailure(response);
  return { text: await response.text(), etag: response.headers.get('ETag') ?? '' };
}

/** The text of a file in the bundle, also of one that was replaced a while ago. */
export async function fetchFile(url: string): Promise<string> {
  const response = await send(url, {});
  if (!response.ok) throw await readFailure(response);
  return response.text();
}

/** Puts a whole file. No etag: there must be none yet. */
export async function putCaptions(
  lessonId: string,
  language: string,
  body: BodyInit,
  how: { etag: string | null; draft: boolean },
): Promise<SavedCaptions> {
  const headers = callHeaders();
  headers['Content-Type'] = 'text/vtt';
  if (how.etag) headers['If-Match'] = how.etag;
  else headers['If-None-Match'] = '*';
  const address = `/api/v1/${path(lessonId, language)}${how.draft ? '?state=draft' : ''}`;
  const response = await send(address, { method: 'PUT', headers, body });
  if (!response.ok) throw await readFailure(response);
  return (await response.json()) as SavedCaptions;
}

export function approveCaptions(lessonId: string, language: string, etag: string): Promise<Lesson> {
  return call<Lesson>(`${path(lessonId, language)}/approve`, { method: 'POST', etag });
}

export function removeCaptions(lessonId: string, language: string, etag: string): Promise<Lesson> {
  return call<Lesson>(path(lessonId, language), { method: 'DELETE', etag });
}

export async function recogniseCaptions(lessonId: string, language: string): Promise<void> {
  await call(`${path(lessonId, language)}/recognise`, { method: 'POST' });
}

interface Entry {
  action: string;
  when_ms: number;
  account_name: string | null;
  detail: { language?: string; sha256?: string } | null;
}

/** Earlier texts of a language, newest first, each once. */
export async function listVersions(lessonId: string, language: string): Promise<Version[]> {
  const { items } = await call<{ items: Entry[] }>(
    `lessons/${encodeURIComponent(lessonId)}/history?limit=200`,
  );
  const versions = new Map<string, Version>();
  for (const entry of items) {
    const hash = entry.detail?.sha256?.slice(0, 8);
    if (entry.action !== 'captions.save' || entry.detail?.language !== language || !hash) continue;
    if (!versions.has(hash)) versions.set(hash, { hash, ms: entry.when_ms, who: entry.account_name ?? '' });
  }
  return [...versions.values()];
}

/** What was typed and not saved, and what it was typed upon. */
export interface Draft {
  etag: string | null;
  text: string;
}

function draftKey(lessonId: string, language: string): string {
  return `captions.${lessonId}.${language}`;
}

export function recallDraft(lessonId: string, language: string): Draft | null {
  return recall<Draft | null>(draftKey(lessonId, language), null);
}

export function keepDraft(lessonId: string, language: string, draft: Draft | null): void {
  remember(draftKey(lessonId, language), draft ?? undefined);
}

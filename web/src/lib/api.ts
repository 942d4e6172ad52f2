// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Every call to the server goes through here: language and CSRF token on the way out, problem+json on
// the way back. A failure is always an ApiError whose message is a sentence that can be shown.

import { t, language } from './i18n';
import { createStore } from './store';
import type { Session } from './types';

/** Who is signed in; null until the server has answered. */
export const session = createStore<Session | null>(null);

export class ApiError extends Error {
  constructor(
    /** HTTP status; 0 when no answer came. */
    readonly status: number,
    /** The stable code of the problem document, or ''. */
    readonly code: string,
    message: string,
    /** The whole problem document. */
    readonly document: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

export interface Answer<T> {
  body: T;
  etag: string | null;
}

export interface CallOptions {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** A Blob goes as it is with its own type, anything else as JSON. */
  body?: unknown;
  etag?: string | null;
  signal?: AbortSignal;
}

/** Makes an ApiError from an answer that is not a success. */
export async function readProblem(response: Response): Promise<ApiError> {
  let title = '';
  let detail = '';
  let code = '';
  let problem: Record<string, unknown> = {};
  try {
    problem = (await response.json()) as Record<string, unknown>;
    if (typeof problem.title === 'string') title = problem.title;
    if (typeof problem.detail === 'string') detail = problem.detail;
    if (typeof problem.code === 'string') code = problem.code;
  } catch {
    // A proxy's page, perhaps; the status alone must do.
  }
  return new ApiError(response.status, code, detail || title || t().errors.server(response.status), problem);
}

/** Headers that every call carries. Writes with a cookie need the CSRF token. */
export function callHeaders(): Record<string, string> {
  const headers: Record<string, string> = { 'Accept-Language': language.get() };
  const token = session.get()?.csrf_token;
  if (token) headers['X-CSRF-Token'] = token;
  return headers;
}

/** One call with its ETag. Throws ApiError; an abort throws the DOMException of fetch. */
export async function callWithTag<T>(path: string, options: CallOptions = {}): Promise<Answer<T>> {
  const headers = callHeaders();
  headers.Accept = 'application/json';
  const init: RequestInit = { method: options.method ?? 'GET', headers };
  if (options.body instanceof Blob) {
    init.body = options.body;
  } else if (options.body !== undefined) {
    headers['Content-Type'] = 'application/json';
    init.body = JSON.stringify(options.body);
  }
  if (options.etag) headers['If-Match'] = options.etag;
  if (options.signal) init.signal = options.signal;
  let response: Response;
  try {
    response = await fetch(`/api/v1/${path}`, init);
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new ApiError(0, 'offline', t().errors.offline);
  }
  if (!response.ok) {
    const problem = await readProblem(response);
    if (problem.status === 401 && path !== 'session') void refreshSession();
    throw problem;
  }
  const body = response.status === 204 ? undefined : await response.json();
  return { body: body as T, etag: response.headers.get('ETag') };
}

/** One call; see callWithTag. */
export async function call<T>(path: string, options: CallOptions = {}): Promise<T> {
  return (await callWithTag<T>(path, options)).body;
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

/** The sentence to show for anything that was thrown. */
export function describeError(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  return t().errors.unexpected;
}

/** Asks who is signed in. Without an answer we go on as a visitor. */
export async function refreshSession(): Promise<void> {
  try {
    session.set(await call<Session>('session'));
  } catch {
    if (session.get() === null)
      session.set({ account: null, csrf_token: null, setup_needed: false });
  }
}

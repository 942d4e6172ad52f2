// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Brings lessons into a daemon's folder and starts it: `import --wait` with no server running, then the
// texts through the API as an administrator's program would do it, with a bearer token.

import assert from 'node:assert/strict';
import type { Lesson } from '../../../web/src/lib/types';
import { ADMIN, type Daemon } from './daemon';

export interface Texts {
  title: string;
  description: string;
}

const tokens = new WeakMap<Daemon, string>();

/** The administrator's bearer token; made once a daemon. */
function tokenOf(daemon: Daemon): string {
  const token = tokens.get(daemon) ?? daemon.run(['user', 'token', ADMIN.name]).trim().split(/\s+/).pop()!;
  tokens.set(daemon, token);
  return token;
}

/** Calls the API with a token. */
export async function callApi<T>(daemon: Daemon, path: string, init: RequestInit = {}): Promise<T> {
  const token = tokenOf(daemon);
  const headers = { ...(init.headers as Record<string, string>), Authorization: `Bearer ${token}` };
  const response = await fetch(`${daemon.url}/api/v1/${path}`, { ...init, headers });
  const text = await response.text();
  assert.ok(response.ok, `${path}: ${response.status} ${text}`);
  return JSON.parse(text) as T;
}

/** Imports the files, starts the daemon, writes the texts, makes all public. The first lesson. */
export async function publishAll(daemon: Daemon, files: readonly string[], texts: readonly Texts[]): Promise<Lesson> {
  const ids = daemon.run(['import', '--wait', ...files]).trim().split('\n');
  assert.equal(ids.length, files.length);
  await daemon.start();
  for (const [index, id] of ids.entries()) {
    const { etag } = await callApi<Lesson>(daemon, `lessons/${id}`);
    await callApi(daemon, `lessons/${id}`, {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/json', 'If-Match': etag! },
      body: JSON.stringify({ ...texts[index], language: 'th', visibility: 'public' }),
    });
  }
  const lesson = await callApi<Lesson>(daemon, `lessons/${ids[0]}`);
  assert.equal(lesson.state, 'published');
  assert.ok(lesson.complete, JSON.stringify(lesson));
  return lesson;
}

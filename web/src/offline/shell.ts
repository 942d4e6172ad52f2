// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The client itself, kept by the worker: one cache a version, holding that version's shell page and the
// assets it names, nothing else. The page is stored only if it is the very page this worker was built
// with, so that a shell is never half old and half new.

/** What this version is made of; written into the worker by the build. */
export interface ShellParts {
  version: string;
  /** SHA-256 of the shell page. */
  page: string;
  /** Assets without which no page shows. */
  core: string[];
  /** Assets that learners' pages load later. */
  later: string[];
}

const PREFIX = 'daorian-shell-';
const PAGE = '/';

function hex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export class Shell {
  private readonly name: string;
  private readonly assets: Set<string>;

  constructor(private readonly parts: ShellParts) {
    this.name = PREFIX + parts.version;
    this.assets = new Set([...parts.core, ...parts.later]);
  }

  /** Stores page and core, or throws and stores nothing that would be used. */
  async install(everything: boolean): Promise<void> {
    const cache = await caches.open(this.name);
    await Promise.all(this.parts.core.map((path) => this.keep(cache, path)));
    if (everything) await this.complete();
    await this.keepPage(cache);
  }

  /** Stores what is stored only when a lesson is kept. */
  async complete(): Promise<void> {
    const cache = await caches.open(this.name);
    for (const path of this.parts.later) await this.keep(cache, path);
  }

  /** Removes the caches of other versions. */
  async sweep(): Promise<void> {
    for (const name of await caches.keys()) {
      if (name.startsWith(PREFIX) && name !== this.name) await caches.delete(name);
    }
  }

  has(path: string): boolean {
    return this.assets.has(path);
  }

  /** This version's page; from the server when the browser threw the cache away. */
  async answerPage(request: Request): Promise<Response> {
    const cache = await caches.open(this.name);
    return (await cache.match(PAGE)) ?? fetch(request);
  }

  /** An asset of this version, kept from its first use on. */
  async answerAsset(path: string): Promise<Response> {
    const cache = await caches.open(this.name);
    const kept = await cache.match(path);
    if (kept) return kept;
    const response = await fetch(path);
    if (response.ok) await cache.put(path, response.clone()).catch(() => undefined);
    return response;
  }

  private async keep(cache: Cache, path: string): Promise<void> {
    if (await cache.match(path)) return;
    // Names carry hashes: what an older version kept is the same.
    const old = await caches.match(path);
    const response = old ?? (await fetch(path));
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    await cache.put(path, response);
  }

  private async keepPage(cache: Cache): Promise<void> {
    const response = await fetch(PAGE, { cache: 'no-cache', credentials: 'same-origin' });
    const bytes = await response.clone().arrayBuffer();
    const sum = hex(await crypto.subtle.digest('SHA-256', bytes));
    if (!response.ok || sum !== this.parts.page) throw new Error('the server has another version already');
    await cache.put(PAGE, response);
  }
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Answers for kept lessons out of the database, as the server would give them: files of bundles with
// ranges, and the lesson itself when the server cannot be reached. The worker calls it; the player does
// not know.

import { DATABASE, KEPT_HEADER } from './header';
import {
  BLOCK_BYTES,
  getBlock,
  getFile,
  listCopies,
  openDatabase,
  updateCopy,
  type Copy,
  type CopyFile,
  type FileRecord,
} from './database';
import { mergeLesson } from './plan';
import { listParts, readRange, type Part } from './ranges';

const WATCH_STEP_MS = 60_000;

/** Looking must not make it: pages take it for a sign that something is kept. */
async function hasDatabase(): Promise<boolean> {
  if (!indexedDB.databases) return true;
  return (await indexedDB.databases()).some((database) => database.name === DATABASE);
}

/** What is kept, by lesson; read once and again when a page says that it changed. */
export class Shelf {
  private db: Promise<IDBDatabase> | null = null;
  private copies: Promise<Map<string, Copy[]>> | null = null;
  private known: Map<string, Copy[]> | null = null;

  /** Forgets what was read. */
  refresh(): void {
    this.copies = null;
    this.known = null;
  }

  /** False when the lesson, or this file of it, is certainly not kept; true when it is, or when nobody has looked yet. */
  mayHave(lessonId: string, name?: string): boolean {
    if (this.known === null) return true;
    const copies = this.known.get(lessonId) ?? [];
    return name === undefined ? copies.length > 0 : copies.some((copy) => copy.files.some((file) => file.name === name));
  }

  /** Whether anything is kept. */
  async hasAny(): Promise<boolean> {
    return (await this.list()).size > 0;
  }

  /** The lesson as it can be played from here, or null. */
  async findLesson(lessonId: string): Promise<unknown> {
    return mergeLesson((await this.list()).get(lessonId) ?? []);
  }

  /** The answer for a file of a bundle, or null when it is not kept. */
  async findFile(lessonId: string, name: string, range: string | null): Promise<Response | null> {
    for (const copy of (await this.list()).get(lessonId) ?? []) {
      const file = copy.files.find((item) => item.name === name);
      const record = file && (await getFile(await this.open(), file.key));
      if (!file || !record?.done) continue;
      if (name === 'slides.vtt' || /\.(?:mp4|m3u8)$/.test(name)) this.note(copy);
      return this.answer(file, record, range);
    }
    return null;
  }

  private open(): Promise<IDBDatabase> {
    this.db ??= openDatabase().then((db) => {
      db.onclose = () => {
        this.db = null;
      };
      return db;
    });
    return this.db;
  }

  private list(): Promise<Map<string, Copy[]>> {
    this.copies ??= hasDatabase()
      .then((has) => (has ? this.open().then(listCopies) : []))
      .then((all) => {
        const kept = new Map<string, Copy[]>();
        for (const copy of all) {
          if (copy.state === 'kept') kept.set(copy.lesson_id, [...(kept.get(copy.lesson_id) ?? []), copy]);
        }
        this.known = kept;
        return kept;
      })
      .catch((): Map<string, Copy[]> => {
        this.copies = null;
        this.db = null;
        return new Map();
      });
    return this.copies;
  }

  // Each minute of playing at most.
  private note(copy: Copy): void {
    const now = Date.now();
    if (now - copy.watched_ms < WATCH_STEP_MS) return;
    copy.watched_ms = now;
    void this.open()
      .then((db) => updateCopy(db, copy.key, (fresh) => void (fresh.watched_ms = now)))
      .catch(() => undefined);
  }

  private answer(file: CopyFile, record: FileRecord, range: string | null): Response {
    const headers = new Headers({
      'Content-Type': record.type,
      'Accept-Ranges': 'bytes',
      'Cache-Control': 'no-store',
      ETag: `"${file.sha256.slice(0, 16)}"`,
      [KEPT_HEADER]: '1',
    });
    const wanted = readRange(range, record.bytes);
    if (wanted === 'none') {
      headers.set('Content-Range', `bytes */${record.bytes}`);
      return new Response(null, { status: 416, headers });
    }
    const span = wanted === 'whole' ? { start: 0, end: record.bytes - 1 } : wanted;
    headers.set('Content-Length', String(span.end - span.start + 1));
    if (wanted !== 'whole') headers.set('Content-Range', `bytes ${span.start}-${span.end}/${record.bytes}`);
    const parts = listParts(span, BLOCK_BYTES);
    return new Response(this.stream(record.key, parts), { status: wanted === 'whole' ? 200 : 206, headers });
  }

  /** One block at a time, as fast as it is taken. */
  private stream(key: string, parts: readonly Part[]): ReadableStream<Uint8Array> {
    let next = 0;
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const part = parts[next];
          if (!part) {
            controller.close();
            return;
          }
          next += 1;
          const block = await getBlock(await this.open(), key, part.index);
          if (!block || block.byteLength < part.to) throw new Error('a block is missing');
          controller.enqueue(new Uint8Array(block, part.from, part.to - part.from));
        },
      },
      { highWaterMark: 1 },
    );
  }
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Where kept lessons are: one IndexedDB of copies (a lesson in one rung), their files, and the files'
// bytes in blocks. A block and the record that counts it are one transaction, flushed to the disk, so
// that a kill at any moment leaves a file that goes on where it was. Used by pages and by the worker.

import type { Lesson, Rung } from '../lib/types';
import { DATABASE } from './header';

export const BLOCK_BYTES = 256 * 1024;

export type CopyState = 'queued' | 'loading' | 'paused' | 'failed' | 'kept' | 'bin';
export type CopyFault = 'space' | 'changed' | 'gone' | 'server' | 'damaged';

/** A lesson kept in one rung, or on its way to be. */
export interface Copy {
  /** See makeCopyKey(). */
  key: string;
  lesson_id: string;
  rung: string;
  state: CopyState;
  fault: CopyFault | null;
  /** The lesson as it was then, without what belongs to a person. */
  lesson: Lesson;
  /** The rungs that can be played from this copy. */
  rungs: Rung[];
  files: CopyFile[];
  /** Of all files. */
  bytes: number;
  added_ms: number;
  /** 0: never. */
  watched_ms: number;
  /** When it was put into the bin. */
  binned_ms: number;
}

/** A file that a copy needs, as lesson.json describes it. */
export interface CopyFile {
  /** Inside the bundle. */
  name: string;
  bytes: number;
  sha256: string;
  /** Of its record; files whose name carries their hash are shared by copies. */
  key: string;
}

/** What is here of a file. */
export interface FileRecord {
  key: string;
  bytes: number;
  type: string;
  /** Bytes in whole blocks, or all. */
  have: number;
  /** The state of SHA-256 after `have` bytes. */
  sum: number[];
  done: boolean;
}

const VERSION = 1;

function create(db: IDBDatabase): void {
  db.createObjectStore('copies', { keyPath: 'key' });
  db.createObjectStore('files', { keyPath: 'key' });
  db.createObjectStore('blocks');
}

/** Opens the database. Rejects where there is none (private windows of some browsers). */
export function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, VERSION);
    request.onupgradeneeded = () => create(request.result);
    request.onerror = () => reject(request.error ?? new Error('indexedDB'));
    request.onsuccess = () => {
      const db = request.result;
      db.onversionchange = () => db.close();
      resolve(db);
    };
  });
}

/** The answer of one request. */
export function ask<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('indexedDB'));
  });
}

/** Runs a change; when it resolves the change is on the disk. */
export function change(
  db: IDBDatabase,
  stores: readonly string[],
  work: (transaction: IDBTransaction) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const transaction = db.transaction([...stores], 'readwrite', { durability: 'strict' });
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('indexedDB'));
    work(transaction);
  });
}

/** All copies, newest first. */
export async function listCopies(db: IDBDatabase): Promise<Copy[]> {
  const all = (await ask(db.transaction('copies').objectStore('copies').getAll())) as Copy[];
  return all.sort((a, b) => b.added_ms - a.added_ms || (a.key < b.key ? 1 : -1));
}

export function getFile(db: IDBDatabase, key: string): Promise<FileRecord | undefined> {
  return ask(db.transaction('files').objectStore('files').get(key)) as Promise<FileRecord | undefined>;
}

/** All records of files, by key. */
export async function listFiles(db: IDBDatabase): Promise<Map<string, FileRecord>> {
  const all = (await ask(db.transaction('files').objectStore('files').getAll())) as FileRecord[];
  return new Map(all.map((file) => [file.key, file]));
}

export function getBlock(db: IDBDatabase, key: string, index: number): Promise<ArrayBuffer | undefined> {
  const store = db.transaction('blocks').objectStore('blocks');
  return ask(store.get([key, index])) as Promise<ArrayBuffer | undefined>;
}

/** Changes one copy if it is there; the answer is the copy as it is afterwards. */
export async function updateCopy(
  db: IDBDatabase,
  key: string,
  edit: (copy: Copy) => void,
): Promise<Copy | null> {
  let after: Copy | null = null;
  await change(db, ['copies'], (transaction) => {
    const store = transaction.objectStore('copies');
    const request = store.get(key) as IDBRequest<Copy | undefined>;
    request.onsuccess = () => {
      if (!request.result) return;
      after = request.result;
      edit(after);
      store.put(after);
    };
  });
  return after;
}

export function putCopy(db: IDBDatabase, copy: Copy): Promise<void> {
  return change(db, ['copies'], (transaction) => void transaction.objectStore('copies').put(copy));
}

/** Adds a block and counts it, as one change. */
export function putBlock(db: IDBDatabase, file: FileRecord, index: number, bytes: Uint8Array): Promise<void> {
  const data = bytes.slice().buffer;
  return change(db, ['files', 'blocks'], (transaction) => {
    transaction.objectStore('blocks').put(data, [file.key, index]);
    transaction.objectStore('files').put(file);
  });
}

/** Forgets files with all their blocks. */
export function removeFiles(db: IDBDatabase, keys: readonly string[]): Promise<void> {
  return change(db, ['files', 'blocks'], (transaction) => {
    for (const key of keys) {
      transaction.objectStore('files').delete(key);
      transaction.objectStore('blocks').delete(IDBKeyRange.bound([key], [key, []]));
    }
  });
}

/** Removes a copy, and the files that no other copy needs. */
export async function removeCopy(db: IDBDatabase, key: string): Promise<void> {
  const all = await listCopies(db);
  const gone = all.find((copy) => copy.key === key);
  if (!gone) return;
  const needed = new Set(all.filter((copy) => copy !== gone).flatMap((copy) => copy.files.map((file) => file.key)));
  const keys = gone.files.map((file) => file.key).filter((file) => !needed.has(file));
  await change(db, ['copies', 'files', 'blocks'], (transaction) => {
    transaction.objectStore('copies').delete(key);
    for (const file of keys) {
      transaction.objectStore('files').delete(file);
      transaction.objectStore('blocks').delete(IDBKeyRange.bound([file], [file, []]));
    }
  });
}

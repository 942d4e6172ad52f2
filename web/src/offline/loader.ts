// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Brings one file of a copy into the database, block by block: after a reload or a kill it goes on at
// the last whole block, and its check sum with it. Nothing is called done that does not have the bytes
// that lesson.json promised.

import { fetchRange } from '../player/transfer';
import { BLOCK_BYTES, getFile, putBlock, removeFiles, type CopyFile, type FileRecord } from './database';
import { FRESH_QUERY } from './header';
import { Sha256 } from './sha256';

/** The file is not what was promised: it was replaced at the server, or damaged on its way. */
export class DamageError extends Error {}

export interface LoadHooks {
  /** Bytes of the file that came. */
  onBytes(count: number): void;
  /** What came over the line, heads included. */
  onReceived(count: number): void;
  onRetrying(retrying: boolean): void;
}

const TYPES: readonly (readonly [string, string])[] = [
  ['.m3u8', 'application/vnd.apple.mpegurl'],
  ['.mp4', 'video/mp4'],
  ['.vtt', 'text/vtt; charset=utf-8'],
  ['.webp', 'image/webp'],
  ['.json', 'application/json'],
];

function findType(name: string): string {
  return TYPES.find(([ending]) => name.endsWith(ending))?.[1] ?? 'application/octet-stream';
}

/** The address of a file; one whose bytes may change is asked for past every copy of it. */
export function makeUrl(lessonId: string, file: CopyFile): string {
  const fixed = file.key.startsWith(`${lessonId}/${file.name}`) && !file.key.includes('#');
  return `/lessons/${lessonId}/${file.name}${fixed ? '' : FRESH_QUERY}`;
}

/** Gathers bytes into blocks and commits each whole one. */
class Filler {
  private readonly block = new Uint8Array(BLOCK_BYTES);
  private filled = 0;
  private readonly sum: Sha256;

  constructor(
    private readonly db: IDBDatabase,
    private readonly record: FileRecord,
  ) {
    this.sum = record.have > 0 ? new Sha256(record.sum, record.have) : new Sha256();
  }

  async take(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const count = Math.min(BLOCK_BYTES - this.filled, bytes.length - at);
      this.block.set(bytes.subarray(at, at + count), this.filled);
      this.filled += count;
      at += count;
      if (this.filled === BLOCK_BYTES) await this.commit();
    }
  }

  /** The rest, and whether all of it is what was promised. */
  async finish(sha256: string): Promise<boolean> {
    const { record } = this;
    const rest = this.block.subarray(0, this.filled);
    const index = Math.floor(record.have / BLOCK_BYTES);
    this.sum.update(rest);
    if (record.have + this.filled !== record.bytes || this.sum.finish() !== sha256) return false;
    record.have = record.bytes;
    record.done = true;
    await putBlock(this.db, record, index, rest);
    return true;
  }

  private async commit(): Promise<void> {
    const { record } = this;
    const index = record.have / BLOCK_BYTES;
    this.sum.update(this.block);
    record.have += BLOCK_BYTES;
    record.sum = this.sum.save();
    await putBlock(this.db, record, index, this.block);
    this.filled = 0;
  }
}

async function openRecord(db: IDBDatabase, file: CopyFile): Promise<FileRecord> {
  const found = await getFile(db, file.key);
  if (found && found.bytes === file.bytes) return found;
  if (found) await removeFiles(db, [file.key]);
  return { key: file.key, bytes: file.bytes, type: findType(file.name), have: 0, sum: [], done: false };
}

/** Fetches what is missing of a file. Throws DamageError, TransferError, and what the database throws. */
export async function loadFile(
  db: IDBDatabase,
  lessonId: string,
  file: CopyFile,
  signal: AbortSignal,
  hooks: LoadHooks,
): Promise<void> {
  const record = await openRecord(db, file);
  if (record.done) return;
  const filler = new Filler(db, record);
  if (record.have < file.bytes) {
    await fetchRange(makeUrl(lessonId, file), record.have, file.bytes - 1, signal, {
      onBytes(bytes) {
        hooks.onBytes(bytes.length);
        return filler.take(bytes);
      },
      onReceived: (count) => hooks.onReceived(count),
      onRetrying: (retrying) => hooks.onRetrying(retrying),
      onMeasured: () => undefined,
    });
  }
  if (await filler.finish(file.sha256)) return;
  await removeFiles(db, [file.key]);
  throw new DamageError(file.name);
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Tells whether a file chosen again is the one whose sending broke off: name, size, and a hash of its
// two ends. The hash is remembered by the browser; without it name and size must do.

import { recall, remember } from '../lib/storage';
import type { UnfinishedUpload } from '../lib/types';

const END_BYTES = 65_536;
const KEY = 'uploads';
const MOST = 200;

interface Known {
  hash: number;
  at: number;
}

/** FNV-1a, 32 bits: crypto.subtle is missing on plain HTTP in a school's network. */
export function hashBytes(bytes: Uint8Array, seed = 0x811c9dc5): number {
  let hash = seed;
  for (const byte of bytes) {
    hash ^= byte;
    hash = Math.imul(hash, 0x01000193) >>> 0;
  }
  return hash;
}

/** The hash of a file's first and last 64 KiB. */
export async function hashFile(file: Blob): Promise<number> {
  const head = new Uint8Array(await file.slice(0, END_BYTES).arrayBuffer());
  const tail = new Uint8Array(await file.slice(Math.max(0, file.size - END_BYTES)).arrayBuffer());
  return hashBytes(tail, hashBytes(head));
}

/** Remembers which file an upload is of. */
export function rememberUpload(id: string, hash: number): void {
  const all = recall<Record<string, Known>>(KEY, {});
  all[id] = { hash, at: Date.now() };
  const newest = Object.entries(all)
    .sort((a, b) => b[1].at - a[1].at)
    .slice(0, MOST);
  remember(KEY, Object.fromEntries(newest));
}

export function forgetUpload(id: string): void {
  const all = recall<Record<string, Known>>(KEY, {});
  delete all[id];
  remember(KEY, all);
}

/** Whether the file can go on filling this upload. */
export function isSameFile(
  upload: Pick<UnfinishedUpload, 'id' | 'filename' | 'length_bytes'>,
  file: { name: string; size: number },
  hash: number,
): boolean {
  if (upload.filename !== file.name || upload.length_bytes !== file.size) return false;
  const known = recall<Record<string, Known>>(KEY, {})[upload.id];
  return known === undefined || known.hash === hash;
}

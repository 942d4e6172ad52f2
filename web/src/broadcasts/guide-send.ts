// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// An XMLTV file on its way to the server: packed here where the browser can, never larger than the server takes.

import { ApiError, call } from '../lib/api';
import { broadcastsText } from './texts';
import type { GuideImport } from './types';

const MEBIBYTE = 1024 * 1024;
const SENT_BYTES_MAX = 16 * MEBIBYTE;
const PLAIN_BYTES_MAX = 64 * MEBIBYTE;

function refuseLarge(): ApiError {
  return new ApiError(413, 'body-too-large', broadcastsText().file.large);
}

async function isPacked(file: Blob): Promise<boolean> {
  const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  return first === 0x1f && second === 0x8b;
}

/** What is sent of a file. Throws ApiError when it is too large. */
export async function packFile(file: Blob): Promise<Blob> {
  const packed = await isPacked(file);
  if (!packed && file.size > PLAIN_BYTES_MAX) throw refuseLarge();
  let bytes = file;
  if (!packed && typeof CompressionStream === 'function')
    bytes = await new Response(file.stream().pipeThrough(new CompressionStream('gzip'))).blob();
  if (bytes.size > SENT_BYTES_MAX) throw refuseLarge();
  return new Blob([bytes], { type: bytes === file && !packed ? 'application/xml' : 'application/gzip' });
}

/** Sends what packFile() made. A preview changes nothing. */
export async function sendGuide(body: Blob, preview: boolean): Promise<GuideImport> {
  try {
    return await call<GuideImport>(`guide/import${preview ? '?preview=true' : ''}`, { method: 'POST', body });
  } catch (fault) {
    throw fault instanceof ApiError && fault.code === 'body-too-large' ? refuseLarge() : fault;
  }
}

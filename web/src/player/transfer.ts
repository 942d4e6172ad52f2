// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One exact byte range over a link that breaks: bytes are handed on as they come, and after a cut the
// next request asks only for what is still missing. Nothing is fetched twice.

import { headBytes, KEPT_HEADER } from '../lib/budget';

export class TransferError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export interface TransferHooks {
  /** Takes bytes; the next ones are read when it is done. */
  onBytes(bytes: Uint8Array): Promise<void>;
  /** What came over the line, heads and unwanted bytes included; nothing for a kept copy. */
  onReceived(bytes: number): void;
  /** The link is gone (true) or back (false). */
  onRetrying(retrying: boolean): void;
  /** A measurement of the link: body bytes and the seconds they took. */
  onMeasured(bytes: number, seconds: number): void;
}

const LONGEST_PAUSE_MS = 15_000;

/** Waits, but no longer than until the browser says the line is back. Throws when aborted. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      clearTimeout(timer);
      removeEventListener('online', finish);
      signal.removeEventListener('abort', finish);
      if (signal.aborted) reject(new DOMException('aborted', 'AbortError'));
      else resolve();
    };
    const timer = setTimeout(finish, ms);
    addEventListener('online', finish);
    signal.addEventListener('abort', finish);
    if (signal.aborted) finish();
  });
}

interface Body {
  reader: ReadableStreamDefaultReader<Uint8Array>;
  skip: number;
  kept: boolean;
  /** The last byte that the file has of the range. */
  last: number;
}

/** The body from byte `offset` on; a server without ranges answers whole and is skipped forward. */
async function open(
  url: string,
  offset: number,
  end: number,
  signal: AbortSignal,
  hooks: TransferHooks,
): Promise<Body> {
  const range = `bytes=${offset}-${end === Infinity ? '' : end}`;
  const response = await fetch(url, { headers: { Range: range }, signal });
  const kept = response.headers.has(KEPT_HEADER);
  if (!kept) hooks.onReceived(headBytes(response));
  if (response.status !== 206 && response.status !== 200) {
    throw new TransferError(response.status, `HTTP ${response.status}`);
  }
  if (!response.body) throw new TransferError(0, 'no body');
  const whole = response.status === 200;
  const size = whole
    ? response.headers.get('Content-Length')
    : /\/(\d{1,15})$/.exec(response.headers.get('Content-Range') ?? '')?.[1];
  const last = size ? Math.min(end, Number(size) - 1) : end;
  return { reader: response.body.getReader(), skip: whole ? offset : 0, kept, last };
}

/** Reads one answer as far as it goes; the number of wanted bytes that came, and where the range ends. */
async function readSome(
  url: string,
  offset: number,
  end: number,
  signal: AbortSignal,
  hooks: TransferHooks,
): Promise<{ got: number; last: number; fault: unknown }> {
  let last = end;
  let got = 0;
  let busy = 0;
  try {
    const body = await open(url, offset, end, signal, hooks);
    last = body.last;
    const wanted = last - offset + 1;
    let toSkip = body.skip;
    while (got < wanted) {
      const before = performance.now();
      const { done, value } = await body.reader.read();
      busy += performance.now() - before;
      if (done) break;
      hooks.onRetrying(false);
      if (!body.kept) hooks.onReceived(value.length);
      const useful = value.subarray(Math.min(toSkip, value.length)).subarray(0, wanted - got);
      toSkip = Math.max(0, toSkip - (value.length - useful.length));
      if (useful.length === 0) continue;
      got += useful.length;
      await hooks.onBytes(useful);
    }
    // Read to its end an answer is whole, and the browser may keep it; what is more is not wanted.
    if (got === wanted && !(await body.reader.read()).done) void body.reader.cancel().catch(() => undefined);
    if (last === Infinity) last = offset + got - 1;
    hooks.onMeasured(got, busy / 1000);
    return { got, last, fault: got >= last - offset + 1 ? null : new TransferError(0, 'cut short') };
  } catch (fault) {
    hooks.onMeasured(got, busy / 1000);
    return { got, last, fault };
  }
}

function isFinal(fault: unknown): boolean {
  if (fault instanceof TransferError) {
    return fault.status >= 400 && fault.status < 500 && fault.status !== 408 && fault.status !== 429;
  }
  // fetch and streams throw TypeError for a network fault; anything else is ours and must be seen.
  return !(fault instanceof TypeError) && !(fault instanceof DOMException && fault.name === 'NetworkError');
}

/**
 * Fetches the range whole, through as many cuts as it takes; an end beyond the file's (Infinity too) is
 * the file's. Throws on abort and on final answers.
 */
export async function fetchRange(
  url: string,
  offset: number,
  end: number,
  signal: AbortSignal,
  hooks: TransferHooks,
): Promise<void> {
  let next = offset;
  let until = end;
  let failures = 0;
  while (next <= until) {
    const { got, last, fault } = await readSome(url, next, until, signal, hooks);
    until = last;
    next += got;
    if (next > until) break;
    if (signal.aborted) throw new DOMException('aborted', 'AbortError');
    if (isFinal(fault)) throw fault;
    failures = got > 0 ? 1 : failures + 1;
    hooks.onRetrying(true);
    await pause(Math.min(LONGEST_PAUSE_MS, 400 * 2 ** failures), signal);
  }
  hooks.onRetrying(false);
}

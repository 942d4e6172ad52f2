// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One exact byte range over a link that breaks: bytes are handed on as they come, and after a cut the
// next request asks only for what is still missing. Nothing is fetched twice.

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

/** The body from byte `offset` on; a server without ranges answers whole and is skipped forward. */
async function open(
  url: string,
  offset: number,
  end: number,
  signal: AbortSignal,
): Promise<{ reader: ReadableStreamDefaultReader<Uint8Array>; skip: number }> {
  const response = await fetch(url, { headers: { Range: `bytes=${offset}-${end}` }, signal });
  if (response.status !== 206 && response.status !== 200) {
    throw new TransferError(response.status, `HTTP ${response.status}`);
  }
  if (!response.body) throw new TransferError(0, 'no body');
  return { reader: response.body.getReader(), skip: response.status === 200 ? offset : 0 };
}

/** Reads one answer as far as it goes; the number of wanted bytes that came. */
async function readSome(
  url: string,
  offset: number,
  end: number,
  signal: AbortSignal,
  hooks: TransferHooks,
): Promise<{ got: number; fault: unknown }> {
  const wanted = end - offset + 1;
  let got = 0;
  let busy = 0;
  try {
    const { reader, skip } = await open(url, offset, end, signal);
    let toSkip = skip;
    while (got < wanted) {
      const before = performance.now();
      const { done, value } = await reader.read();
      busy += performance.now() - before;
      if (done) break;
      hooks.onRetrying(false);
      const useful = value.subarray(Math.min(toSkip, value.length)).subarray(0, wanted - got);
      toSkip -= value.length - useful.length;
      if (toSkip < 0) toSkip = 0;
      if (useful.length === 0) continue;
      got += useful.length;
      await hooks.onBytes(useful);
    }
    if (got === wanted) void reader.cancel().catch(() => undefined);
    hooks.onMeasured(got, busy / 1000);
    return { got, fault: got === wanted ? null : new TransferError(0, 'cut short') };
  } catch (fault) {
    hooks.onMeasured(got, busy / 1000);
    return { got, fault };
  }
}

function isFinal(fault: unknown): boolean {
  if (fault instanceof TransferError) {
    return fault.status >= 400 && fault.status < 500 && fault.status !== 408 && fault.status !== 429;
  }
  // fetch and streams throw TypeError for a network fault; anything else is ours and must be seen.
  return !(fault instanceof TypeError) && !(fault instanceof DOMException && fault.name === 'NetworkError');
}

/** Fetches the range whole, through as many cuts as it takes. Throws on abort and on final answers. */
export async function fetchRange(
  url: string,
  offset: number,
  end: number,
  signal: AbortSignal,
  hooks: TransferHooks,
): Promise<void> {
  let next = offset;
  let failures = 0;
  while (next <= end) {
    const { got, fault } = await readSome(url, next, end, signal, hooks);
    next += got;
    if (next > end) break;
    if (signal.aborted) throw new DOMException('aborted', 'AbortError');
    if (isFinal(fault)) throw fault;
    failures = got > 0 ? 1 : failures + 1;
    hooks.onRetrying(true);
    await pause(Math.min(LONGEST_PAUSE_MS, 400 * 2 ** failures), signal);
  }
  hooks.onRetrying(false);
}

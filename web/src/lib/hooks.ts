// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Hooks that several pages share.

import { useEffect, useRef, useState } from 'preact/hooks';
import { describeError, isAbort } from './api';

/**
 * Runs an effect when one of the keys changes, and only then. Unlike useEffect the keys are what the
 * effect follows, not all that it reads: the rest is read as it is at that moment.
 */
export function useWhen(effect: () => void | (() => void), keys: readonly unknown[]): void {
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the caller names what is followed
  useEffect(effect, keys);
}

export interface Loaded<T> {
  data: T | null;
  error: string | null;
  loading: boolean;
  reload: () => void;
  setData: (data: T) => void;
}

/** Loads something and again whenever a key changes; what is under way is cancelled then. */
export function useLoad<T>(
  load: (signal: AbortSignal) => Promise<T>,
  keys: readonly unknown[],
): Loaded<T> {
  const [data, setData] = useState<T | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [loading, setLoading] = useState(true);
  const [turn, setTurn] = useState(0);
  useWhen(() => {
    const abort = new AbortController();
    setLoading(true);
    load(abort.signal).then(
      (result) => {
        if (abort.signal.aborted) return;
        setData(result);
        setError(null);
        setLoading(false);
      },
      (fault: unknown) => {
        if (isAbort(fault) || abort.signal.aborted) return;
        setError(describeError(fault));
        setLoading(false);
      },
    );
    return () => abort.abort();
  }, [...keys, turn]);
  return { data, error, loading, reload: () => setTurn((n) => n + 1), setData };
}

/** The value once it has been still for a while. */
export function useDebounced<T>(value: T, ms: number): T {
  const [still, setStill] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setStill(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return still;
}

/** Sets the title of the document while the component is shown. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title;
  }, [title]);
}

/** A reference that always holds the newest value, for listeners that are set up once. */
export function useLatest<T>(value: T): { readonly current: T } {
  const ref = useRef(value);
  ref.current = value;
  return ref;
}

/** Calls back when the browser has nothing better to do, at the latest after some seconds. */
export function whenIdle(act: () => void, seconds = 4): () => void {
  if (typeof requestIdleCallback === 'function') {
    const handle = requestIdleCallback(act, { timeout: seconds * 1000 });
    return () => cancelIdleCallback(handle);
  }
  const timer = setTimeout(act, 1500);
  return () => clearTimeout(timer);
}

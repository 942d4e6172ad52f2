// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Hooks of pages that load lists; the first sight of a lesson needs none of them.

import { useEffect, useState } from 'preact/hooks';
import { describeError, isAbort } from './api';
import { useWhen } from './hooks';

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

// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Hooks that several pages share.

import { useEffect, useRef } from 'preact/hooks';

/**
 * Runs an effect when one of the keys changes, and only then. Unlike useEffect the keys are what the
 * effect follows, not all that it reads: the rest is read as it is at that moment.
 */
export function useWhen(effect: () => void | (() => void), keys: readonly unknown[]): void {
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the caller names what is followed
  useEffect(effect, keys);
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

let letGo = (): void => undefined;

/** On a lesson's page what plays comes first; who opens another page waits for nothing. */
const calm = globalThis.location?.pathname.startsWith('/watch/')
  ? new Promise<void>((resolve) => {
      letGo = resolve;
      setTimeout(resolve, 20_000);
    })
  : Promise.resolve();

/** What comes first is here: now the rest may have the line. */
export function setCalm(): void {
  letGo();
}

/** Calls back when the page is calm and the browser has nothing better to do, at the latest after some seconds. */
export function whenIdle(act: () => void, seconds = 4): () => void {
  let stopped = false;
  const run = (): void => {
    if (!stopped) act();
  };
  void calm.then(() => {
    if (typeof requestIdleCallback === 'function') requestIdleCallback(run, { timeout: seconds * 1000 });
    else setTimeout(run, 1500);
  });
  return () => {
    stopped = true;
  };
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The small picture over the rewind bar: of the moment under the pointer, or that the slider is held at.

import { useState } from 'preact/hooks';
import { useWhen } from '../lib/hooks';

/** Asked for in such steps, so that moving a little costs nothing. */
const STEP_MS = 10_000;

/** Address of the picture of a moment. */
export function scrubUrl(url: string, ms: number): string {
  return `${url}?at=${Math.ceil(ms / STEP_MS) * STEP_MS}`;
}

interface ScrubProps {
  url: string;
  first: number;
  end: number;
  held: number | null;
  bar: HTMLInputElement | null;
}

export function ScrubPicture({ url, first, end, held, bar }: ScrubProps) {
  const [pointed, setPointed] = useState<number | null>(null);
  const [missing, setMissing] = useState('');
  useWhen(() => {
    if (!bar) return undefined;
    const abort = new AbortController();
    const point = (event: PointerEvent): void => {
      const box = bar.getBoundingClientRect();
      setPointed(Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)));
    };
    bar.addEventListener('pointermove', point, abort);
    bar.addEventListener('pointerleave', () => setPointed(null), abort);
    return () => abort.abort();
  }, [bar]);
  const at = held ?? (pointed === null ? null : first + pointed * (end - first));
  if (at === null || !bar) return null;
  const address = scrubUrl(url, at);
  if (address === missing) return null;
  const left = bar.offsetLeft + (bar.offsetWidth * (at - first)) / (end - first);
  return (
    <img
      class="scrub"
      src={address}
      alt=""
      style={{ '--at': `${left}px` }}
      onError={() => setMissing(address)}
    />
  );
}

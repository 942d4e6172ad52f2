// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What shows that work is under way: a bar, a button that waits. Apart from basics.tsx because the first sight of a
// lesson does without.

import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import './work.css';

/** A bar from 0 to 100. The text beside it carries the same number. */
export function Progress(props: { percent: number; label: string; tone?: 'wait' | 'error' | 'done' }) {
  return (
    <div
      class={`progress ${props.tone ? `progress-${props.tone}` : ''}`}
      role="progressbar"
      aria-label={props.label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={props.percent}
    >
      <div class="progress-fill" style={{ width: `${props.percent}%` }} />
    </div>
  );
}

/** A button whose work takes time: it cannot be pressed twice. */
export function WorkButton(props: {
  onWork: () => Promise<void>;
  class?: string;
  children: ComponentChildren;
  label?: string;
  disabled?: boolean;
}) {
  const [busy, setBusy] = useState(false);
  const work = (): void => {
    if (busy) return;
    setBusy(true);
    void props.onWork().finally(() => setBusy(false));
  };
  return (
    <button
      type="button"
      class={props.class ?? 'button'}
      aria-busy={busy}
      disabled={props.disabled}
      aria-label={props.label}
      onClick={work}
    >
      {props.children}
    </button>
  );
}

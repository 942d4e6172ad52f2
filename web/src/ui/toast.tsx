// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Short messages at the foot of the page, with an undo where there is one. They are a live region; a
// message with an undo stays long enough to be reached by keyboard.

import { useEffect } from 'preact/hooks';
import { useTexts } from '../lib/i18n';
import { createStore, useStore } from '../lib/store';
import { Icon } from './icons';

interface Toast {
  key: number;
  text: string;
  onUndo: (() => void) | undefined;
  /** What the button says; such a message stays until it is answered. */
  label: string | undefined;
}

const toasts = createStore<readonly Toast[]>([]);

function dismiss(key: number): void {
  toasts.update((list) => list.filter((toast) => toast.key !== key));
}

/** Shows a message; with an undo it stays twelve seconds, with a button of another name for ever, else five. */
export function showToast(text: string, onUndo?: () => void, label?: string): void {
  const key = performance.now() + Math.random();
  toasts.update((list) => [...list.slice(-2), { key, text, onUndo, label }]);
}

function ToastRow({ toast }: { toast: Toast }) {
  const texts = useTexts();
  useEffect(() => {
    if (toast.label) return undefined;
    const timer = setTimeout(() => dismiss(toast.key), toast.onUndo ? 12_000 : 5000);
    return () => clearTimeout(timer);
  }, [toast]);
  return (
    <div class="toast">
      <span>{toast.text}</span>
      {toast.onUndo && (
        <button
          type="button"
          class="toast-action"
          onClick={() => {
            dismiss(toast.key);
            toast.onUndo?.();
          }}
        >
          {toast.label ?? texts.undo}
        </button>
      )}
      {toast.label && (
        <button type="button" class="control" aria-label={texts.close} onClick={() => dismiss(toast.key)}>
          <Icon name="close" />
        </button>
      )}
    </div>
  );
}

export function Toasts() {
  const list = useStore(toasts);
  return (
    <div class="toasts" role="status" aria-live="polite">
      {list.map((toast) => (
        <ToastRow key={toast.key} toast={toast} />
      ))}
    </div>
  );
}

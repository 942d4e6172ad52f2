// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The editor's keyboard, apart from what it does.

export type EditorKey =
  | 'play'
  | 'start'
  | 'end'
  | 'split'
  | 'merge'
  | 'insert'
  | 'previous'
  | 'next'
  | 'undo'
  | 'redo'
  | 'save';

const ALT: Record<string, EditorKey> = {
  KeyP: 'play',
  Comma: 'start',
  Period: 'end',
  Enter: 'split',
  KeyJ: 'merge',
  KeyI: 'insert',
  ArrowUp: 'previous',
  ArrowDown: 'next',
};

interface KeyPress {
  code: string;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
}

/** What a key means; by its place on the board, so that it is the same on a Thai one. */
export function readKey(press: KeyPress): EditorKey | null {
  if (press.altKey && !press.ctrlKey && !press.metaKey) return ALT[press.code] ?? null;
  if (!(press.ctrlKey || press.metaKey) || press.altKey) return null;
  if (press.code === 'KeyS') return 'save';
  if (press.code === 'KeyY') return 'redo';
  if (press.code === 'KeyZ') return press.shiftKey ? 'redo' : 'undo';
  return null;
}

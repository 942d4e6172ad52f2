// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Light, dark, or as the device says. The choice is an attribute on <html>, read by the tokens.

import { recall, remember } from './storage';
import { createStore } from './store';

export type Theme = 'auto' | 'light' | 'dark';

function readTheme(): Theme {
  const saved = recall<string>('theme', 'auto');
  return saved === 'light' || saved === 'dark' ? saved : 'auto';
}

export const theme = createStore<Theme>(readTheme());

/** Puts the theme on the page. Called once at start and on each change. */
export function applyTheme(): void {
  const root = document.documentElement;
  if (theme.get() === 'auto') root.removeAttribute('data-theme');
  else root.setAttribute('data-theme', theme.get());
}

/** Whether the page is dark now. */
export function isDark(): boolean {
  if (theme.get() !== 'auto') return theme.get() === 'dark';
  return matchMedia('(prefers-color-scheme: dark)').matches;
}

/** Changes to the other of light and dark, and remembers it. */
export function toggleTheme(): void {
  const next: Theme = isDark() ? 'light' : 'dark';
  remember('theme', next);
  theme.set(next);
  applyTheme();
}

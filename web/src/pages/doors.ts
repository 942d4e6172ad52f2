// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Where the pages are that nobody needs at first sight. A chunk of its own, so that their files' names do not
// weigh on a lesson's page.

import type { FunctionComponent } from 'preact';

export const doors: Record<string, () => Promise<{ default: FunctionComponent }>> = {
  '/guide': () => import('./guide'),
  '/recordings': () => import('./recordings'),
  '/login': () => import('./login'),
  '/setup': () => import('./setup'),
  '/account': () => import('./account'),
  '/class': () => import('./class'),
  '/upload': () => import('./upload'),
  '/manage': () => import('./manage'),
  '/admin': () => import('./admin'),
};

// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What was typed for a lesson and is not saved yet, kept in the browser's storage until it is.

import { recall, remember } from '../lib/storage';
import type { Visibility } from '../lib/types';

export interface Fields {
  title: string;
  description: string;
  language: string;
  visibility: Visibility;
}

export function recallDraft(lessonId: string): Partial<Fields> {
  return recall<Partial<Fields>>(`draft.${lessonId}`, {});
}

/** Keeps what differs from the saved lesson; nothing at all forgets the draft. */
export function keepDraft(lessonId: string, typed: Partial<Fields>): void {
  remember(`draft.${lessonId}`, Object.keys(typed).length > 0 ? typed : undefined);
}

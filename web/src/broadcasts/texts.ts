// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The texts of this folder in the page's language.

import { language } from '../lib/i18n';
import { useStore } from '../lib/store';
import { broadcastsEn } from './texts-en';
import { broadcastsTh, type BroadcastsTexts } from './texts-th';

/** For code outside components. */
export function broadcastsText(): BroadcastsTexts {
  return language.get() === 'en' ? broadcastsEn : broadcastsTh;
}

export function useBroadcastsTexts(): BroadcastsTexts {
  useStore(language);
  return broadcastsText();
}

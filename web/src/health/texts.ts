// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The texts of this folder in the page's language.

import { language } from '../lib/i18n';
import { useStore } from '../lib/store';
import { healthEn } from './texts-en';
import { healthTh, type HealthTexts } from './texts-th';

export function useHealthTexts(): HealthTexts {
  return useStore(language) === 'en' ? healthEn : healthTh;
}

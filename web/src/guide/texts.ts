// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The texts of this folder in the page's language.

import { language } from '../lib/i18n';
import { useStore } from '../lib/store';
import { guideEn } from './texts-en';
import { guideTh, type GuideTexts } from './texts-th';

/** For code outside components. */
export function guideText(): GuideTexts {
  return language.get() === 'en' ? guideEn : guideTh;
}

export function useGuideTexts(): GuideTexts {
  useStore(language);
  return guideText();
}

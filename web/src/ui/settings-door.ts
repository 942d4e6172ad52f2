// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Opens the settings, which are a chunk of their own, from anywhere in the client.

import { createStore } from '../lib/store';

/** Whether the settings are wanted on the page. */
export const settingsOpen = createStore(false);

/** Shows the settings over the page. */
export function openSettings(): void {
  settingsOpen.set(true);
}

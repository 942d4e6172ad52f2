// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The chunk that plays, without anything to look at: from here to the first sound nothing else of the
// program is needed.

export { Session } from './session';

/** What there is to see of it; asked for from here, so that it shares this chunk's modules. */
export const loadControls = () => import('./controls');

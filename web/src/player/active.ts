// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The chunk that plays: from here to the first sound and slide nothing else of the program is needed.

export { Picture } from './picture';
export { Session } from './session';

/** What there is to see of it; asked for from here, so that it shares this chunk's modules. */
export const loadControls = () => import('./controls');

// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Addresses of the client. Links are plain <a href>; a click on one that is ours changes the page
// without a load. On a change of page the focus moves to its heading, so that a screen reader says it.

import { createStore } from './store';

export interface Place {
  path: string;
  search: string;
}

function readPlace(): Place {
  return { path: location.pathname, search: location.search };
}

export const place = createStore<Place>(readPlace());

const OURS = /^\/(?:$|watch\/|channel\/|login$|setup$|account$|upload$|manage$|offline$|guide$|recordings$|admin(?:\/|$))/;
let focusWanted = false;

/** Goes to an address of the client. Replace leaves no step in the history. */
export function navigate(url: string, options: { replace?: boolean; keepFocus?: boolean } = {}): void {
  const pathBefore = location.pathname;
  if (options.replace) history.replaceState(null, '', url);
  else history.pushState(null, '', url);
  if (location.pathname !== pathBefore && !options.keepFocus) {
    focusWanted = true;
    scrollTo(0, 0);
  }
  place.set(readPlace());
}

/** Moves the focus to the page's heading after a change of page; once per change. */
export function focusHeading(heading: HTMLElement | null): void {
  if (!focusWanted || !heading) return;
  focusWanted = false;
  heading.focus({ preventScroll: true });
}

function onClick(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element | null)?.closest?.('a');
  if (!link || link.target || link.hasAttribute('download')) return;
  if (link.origin !== location.origin || !OURS.test(link.pathname)) return;
  if (link.hash && link.pathname === location.pathname) return;
  event.preventDefault();
  navigate(link.pathname + link.search);
}

/** Begins to watch clicks and the back button. Called once. */
export function startRouter(): void {
  document.addEventListener('click', onClick);
  addEventListener('popstate', () => {
    focusWanted = location.pathname !== place.get().path;
    place.set(readPlace());
  });
}

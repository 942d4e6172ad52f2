// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Line icons, drawn on a 24-unit grid. They are ornament: the button or link carries the words. Those that
// the first sight of a lesson does not need are in late-icons.tsx.

const PATHS = {
  play: 'M8 5.5v13l11-6.5z',
  close: 'M6 6l12 12M18 6 6 18',
  menu: 'M4 7h16M4 12h16M4 17h16',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z',
  sun: 'M12 7.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM12 2v2.5M12 19.5V22M2 12h2.5M19.5 12H22M5 5l1.7 1.7M17.3 17.3 19 19M19 5l-1.7 1.7M6.7 17.3 5 19',
  warn: 'M12 4 2.8 20h18.4zM12 10v4.5M12 17.5v.1',
  info: 'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 11v5M12 8v.1',
  check: 'M5 12.5 10 17.5 19.5 7',
  gauge: 'M4.5 17a8.5 8.5 0 1 1 15 0M12 14.5 15.5 9',
  sound: 'M5 10v4M9 7v10M13 4.5v15M17 8v8M20.5 10.5v3',
} as const;

export type IconName = keyof typeof PATHS;

/** One path of an icon. */
export function Shape({ path, filled = false }: { path: string; filled?: boolean }) {
  return (
    <svg class={filled ? 'icon icon-filled' : 'icon'} viewBox="0 0 24 24" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}

export function Icon({ name, filled = false }: { name: IconName; filled?: boolean }) {
  return <Shape path={PATHS[name]} filled={filled} />;
}

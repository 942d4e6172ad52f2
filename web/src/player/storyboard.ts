// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The small pictures of a lesson by time: reads storyboard.vtt (payload `file#xywh=x,y,w,h`) and fetches
// its sheet, once, when somebody scrubs. Reading is pure and trusts nothing.

import { fetchWhole } from './deck';
import { isPlainName, readCues } from './slides';

interface Tile {
  start: number;
  end: number;
  x: number;
  y: number;
  width: number;
  height: number;
  file: string;
}

export interface Storyboard {
  tiles: readonly Tile[];
  /** Addresses of the sheets by file name. */
  urls: Readonly<Record<string, string>>;
  close(): void;
}

const LARGEST_SIDE = 16_384;

/** The tiles of a storyboard.vtt in the order of time. */
export function parseStoryboard(text: string): Tile[] {
  const tiles: Tile[] = [];
  readCues(text, (start, end, lines) => {
    const match = /^([^#]+)#xywh=(\d{1,5}),(\d{1,5}),(\d{1,5}),(\d{1,5})$/.exec(lines[0] ?? '');
    if (!match || !isPlainName(match[1]!)) return;
    const [x, y, width, height] = match.slice(2).map(Number) as [number, number, number, number];
    if (width === 0 || height === 0 || x + width > LARGEST_SIDE || y + height > LARGEST_SIDE) return;
    tiles.push({ start, end, x, y, width, height, file: match[1]! });
  });
  return tiles.sort((a, b) => a.start - b.start);
}

/** The picture of a time with the address of its sheet. */
export function findTile(board: Storyboard, seconds: number): (Tile & { url: string }) | null {
  const begun = board.tiles.filter((tile) => tile.start <= seconds);
  const tile = begun[begun.length - 1] ?? board.tiles[0];
  const url = tile && board.urls[tile.file];
  return tile && url ? { ...tile, url } : null;
}

/** Fetches the list and its sheets. */
export async function loadStoryboard(
  vttUrl: string,
  signal: AbortSignal,
  onReceived: (bytes: number) => void,
): Promise<Storyboard> {
  const hooks = {
    onBytes: () => Promise.resolve(),
    onReceived,
    onRetrying: () => undefined,
    onMeasured: () => undefined,
  };
  const base = new URL(vttUrl, location.href).href;
  const tiles = parseStoryboard(await (await fetchWhole(base, signal, hooks)).text());
  const urls: Record<string, string> = {};
  for (const file of new Set(tiles.map((tile) => tile.file))) {
    const sheet = await fetchWhole(new URL(file, base).href, signal, hooks);
    urls[file] = URL.createObjectURL(new Blob([sheet], { type: 'image/webp' }));
  }
  return { tiles, urls, close: () => Object.values(urls).forEach((url) => URL.revokeObjectURL(url)) };
}

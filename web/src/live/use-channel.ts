// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One channel, asked for again while its page is seen: visitors have no event stream.

import { useState } from 'preact/hooks';
import { call, describeError, isAbort } from '../lib/api';
import { useWhen } from '../lib/hooks';
import { language } from '../lib/i18n';
import { useStore } from '../lib/store';
import type { Channel, ChannelList } from './types';

const POLL_MS = 15_000;
/** Until there is something to watch. */
const EAGER_MS = 3000;

export interface ChannelView {
  channel: Channel | null;
  missing: boolean;
  error: string | null;
  reload: () => void;
}

function isStarting(channel: Channel): boolean {
  return channel.code === 'starting' || channel.state === 'resting';
}

export function useChannel(slug: string): ChannelView {
  const lang = useStore(language);
  const [channel, setChannel] = useState<Channel | null>(null);
  const [missing, setMissing] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [turn, setTurn] = useState(0);
  useWhen(() => {
    const abort = new AbortController();
    let timer = 0;
    let pause = POLL_MS;
    // The page was opened: a channel that rests begins now, not when play is pressed.
    let wake = '&wake=1';
    const ask = (): void => {
      call<ChannelList>(`channels?slug=${encodeURIComponent(slug)}${wake}`, { signal: abort.signal }).then(
        ({ items }) => {
          wake = '';
          setChannel(items[0] ?? null);
          setMissing(items.length === 0);
          setError(null);
          pause = items[0]?.playlist && !isStarting(items[0]) ? POLL_MS : EAGER_MS;
          timer = window.setTimeout(again, pause);
        },
        (fault: unknown) => {
          if (isAbort(fault)) return;
          setError(describeError(fault));
          timer = window.setTimeout(again, POLL_MS);
        },
      );
    };
    const again = (): void => {
      if (document.hidden) timer = window.setTimeout(again, pause);
      else ask();
    };
    ask();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [slug, turn, lang]);
  return { channel, missing, error, reload: () => setTurn((n) => n + 1) };
}

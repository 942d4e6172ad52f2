// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Live channels on the first page, with what is on: nothing at all where there is none.

import { useState } from 'preact/hooks';
import { call } from '../lib/api';
import { useWhen } from '../lib/hooks';
import { language } from '../lib/i18n';
import { useStore } from '../lib/store';
import { formatWall, useLiveTexts } from './texts';
import type { Channel, ChannelList } from './types';
import './live.css';

const AGAIN_MS = 60_000;

function ChannelCard({ channel }: { channel: Channel }) {
  const texts = useLiveTexts();
  const lang = useStore(language);
  return (
    <li>
      <a class="live-card" href={`/channel/${channel.slug}`}>
        <span class="live-card-head">
          <strong>{channel.name}</strong>
          <span class={`chip chip-${channel.state}`}>{texts.states[channel.state]}</span>
        </span>
        {channel.now && <span>{texts.now(channel.now.title)}</span>}
        {channel.next && (
          <span class="live-card-next">{texts.next(formatWall(channel.next.start_ms, lang), channel.next.title)}</span>
        )}
      </a>
    </li>
  );
}

export function LiveStrip() {
  const texts = useLiveTexts();
  const lang = useStore(language);
  const [channels, setChannels] = useState<Channel[]>([]);
  useWhen(() => {
    const abort = new AbortController();
    const ask = (): void => {
      if (document.hidden) return;
      // Without an answer the list of lessons is the page.
      call<ChannelList>('channels', { signal: abort.signal }).then(
        ({ items }) => setChannels(items.filter((channel) => channel.state !== 'off')),
        () => undefined,
      );
    };
    ask();
    const timer = setInterval(ask, AGAIN_MS);
    return () => {
      abort.abort();
      clearInterval(timer);
    };
  }, [lang]);
  if (channels.length === 0) return null;
  return (
    <section class="live-strip" aria-label={texts.heading}>
      <h2>
        {texts.heading} <a href="/guide">{texts.guide}</a>
      </h2>
      <ul>
        {channels.map((channel) => (
          <ChannelCard key={channel.id} channel={channel} />
        ))}
      </ul>
    </section>
  );
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What an import of an XMLTV file did, with the way to each guide.

import { useEffect, useRef } from 'preact/hooks';
import { nameService } from './services';
import { useBroadcastsTexts } from './texts';
import type { GuideImport, Service } from './types';

export interface Done {
  guide: GuideImport;
  followers: readonly { service: Service; channel: string }[];
}

export function GuideDone({ done }: { done: Done }) {
  const all = useBroadcastsTexts();
  const texts = all.file;
  const heading = useRef<HTMLHeadingElement>(null);
  // The button that was pressed is gone.
  useEffect(() => heading.current?.focus(), []);
  const channels = new Map(done.guide.channels.map((channel) => [channel.id, channel]));
  const written = done.guide.channels.reduce((sum, channel) => sum + channel.written, 0);
  return (
    <section class="panel" aria-labelledby="guide-done">
      <h2 id="guide-done" class="row-title" ref={heading} tabIndex={-1}>
        {texts.done(written)}
      </h2>
      <ul class="rows">
        {done.followers.map(({ service, channel }) => {
          const from = channels.get(channel);
          const name = nameService(service);
          return (
            <li key={service.id} class="row">
              <div class="row-main">
                <p class="row-title">{name}</p>
                <p class="hint">{from && texts.wrote(from.written, from.removed, from.name || from.id)}</p>
              </div>
              <a class="button button-quiet" href={`/admin/broadcasts?service=${service.id}`} aria-label={all.guideOf(name)}>
                {all.guide}
              </a>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

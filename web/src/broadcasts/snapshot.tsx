// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What a service shows now: a small picture that the server makes when it is asked, with the time it was
// taken. Services wait for one another there, so this one asks again until its turn has come.

import { useState } from 'preact/hooks';
import { useWhen } from '../lib/hooks';
import { language } from '../lib/i18n';
import { useStore } from '../lib/store';
import { useBroadcastsTexts } from './texts';

const AGAIN_MS = 2000;
const TRIES = 150;

interface Taken {
  url: string;
  ms: number;
}

export function Snapshot({ id, name }: { id: string; name: string }) {
  const texts = useBroadcastsTexts();
  const lang = useStore(language);
  const [taken, setTaken] = useState<Taken | null>(null);
  const [failed, setFailed] = useState(false);
  useWhen(() => {
    const abort = new AbortController();
    let timer = 0;
    let tries = 0;
    let shown = '';
    const again = (): void => {
      tries += 1;
      if (tries < TRIES) timer = window.setTimeout(() => void ask(), AGAIN_MS);
      else setFailed(shown === '');
    };
    const ask = async (): Promise<void> => {
      try {
        const answer = await fetch(`/api/v1/services/${encodeURIComponent(id)}/picture`, { signal: abort.signal });
        if (answer.status === 200) {
          const url = URL.createObjectURL(await answer.blob());
          URL.revokeObjectURL(shown);
          shown = url;
          setTaken({ url, ms: Number(answer.headers.get('Daorian-Taken')) });
        } else if (answer.status !== 202) {
          setFailed(true);
        }
        if (answer.status === 202 || answer.headers.get('Daorian-Making') === '1') again();
      } catch {
        if (!abort.signal.aborted) again();
      }
    };
    void ask();
    return () => {
      abort.abort();
      clearTimeout(timer);
      URL.revokeObjectURL(shown);
    };
  }, [id]);
  if (!taken) return <p class="hint snapshot-none">{failed ? texts.noPicture : texts.makingPicture}</p>;
  const time = new Date(taken.ms).toLocaleTimeString(lang === 'th' ? 'th-TH' : 'en-GB');
  return (
    <figure class="snapshot">
      <img src={taken.url} alt={texts.pictureOf(name)} />
      <figcaption class="hint">{texts.takenAt(time)}</figcaption>
    </figure>
  );
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The guide from an XMLTV file: choose or drop it, see what it holds, say which service each channel belongs to,
// import. Nothing is changed before the last step.

import { useState } from 'preact/hooks';
import { call, describeError } from '../lib/api';
import { useLoad } from '../lib/load';
import type { Page } from '../lib/types';
import { Empty, ErrorNotice, Loading, Notice } from '../ui/basics';
import { DropTarget } from '../ui/drop';
import { LateIcon } from '../ui/late-icons';
import './broadcasts.css';
import { GuideDone, type Done } from './guide-done';
import { GuideMatch } from './guide-match';
import { listFollowers, type Change, type Choices } from './guide-choices';
import { packFile, sendGuide } from './guide-send';
import { useBroadcastsTexts } from './texts';
import type { GuideImport, Multiplex, Service } from './types';

const ACCEPT = '.xml,.xmltv,.gz,application/xml,text/xml,application/gzip';

interface Read {
  name: string;
  body: Blob;
  guide: GuideImport;
}

/** A file that was read, until it is imported. */
function useGuideFile(services: readonly Service[], onServices: (services: Service[]) => void, onStale: () => void) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [read, setRead] = useState<Read | null>(null);
  const [done, setDone] = useState<Done | null>(null);
  const take = async (file: File): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setError(null);
    setRead(null);
    setDone(null);
    try {
      const body = await packFile(file);
      setRead({ name: file.name, body, guide: await sendGuide(body, true) });
    } catch (fault) {
      setError(describeError(fault));
    }
    setBusy(false);
  };
  const importNow = async (changes: readonly Change[], choices: Choices): Promise<void> => {
    if (!read) return;
    setError(null);
    try {
      let now = [...services];
      for (const { service, body } of changes) {
        const path = `services/${encodeURIComponent(service.id)}`;
        const changed = await call<Service>(path, { method: 'PATCH', body, etag: service.etag });
        now = now.map((one) => (one.id === changed.id ? changed : one));
        onServices(now);
      }
      const guide = await sendGuide(read.body, false);
      setDone({ guide, followers: listFollowers(guide.channels, now, choices) });
      setRead(null);
    } catch (fault) {
      setError(describeError(fault));
      // Somebody else may have changed a service: what is pressed next starts from how it is.
      onStale();
    }
  };
  return { busy, error, read, done, take, importNow };
}

interface Known {
  services: Service[];
  multiplexes: Multiplex[];
}

function Body({ known, onKnown, onStale }: { known: Known; onKnown: (known: Known) => void; onStale: () => void }) {
  const texts = useBroadcastsTexts().file;
  const setServices = (services: Service[]): void => onKnown({ ...known, services });
  const { busy, error, read, done, take, importNow } = useGuideFile(known.services, setServices, onStale);
  return (
    <>
      <DropTarget
        name="drop"
        words={texts.drop}
        choose={read || done ? texts.chooseOther : texts.choose}
        help={texts.dropHelp}
        accept={ACCEPT}
        compact={read !== null || done !== null}
        busy={busy}
        button={read || done ? 'button' : 'button button-main'}
        icon={<LateIcon name="share" />}
        onFiles={([file]) => void take(file!)}
      />
      <p class="hint guide-news" role="status">
        {busy && texts.reading}
        {read && texts.found(read.guide.channels.length, read.name)}
      </p>
      {error && <Notice kind="error">{error}</Notice>}
      {read && <GuideMatch key={read.name} {...known} guide={read.guide} onImport={importNow} />}
      {done && <GuideDone done={done} />}
    </>
  );
}

export function GuideFile() {
  const all = useBroadcastsTexts();
  const texts = all.file;
  const { data, error, reload, setData } = useLoad<Known>(async (signal) => {
    const services = await call<Page<Service>>('services', { signal });
    const multiplexes = await call<Page<Multiplex>>('multiplexes', { signal });
    return { services: services.items, multiplexes: multiplexes.items };
  }, []);
  return (
    <>
      <p>
        <a href="/admin/broadcasts">{all.back}</a>
      </p>
      <p class="medium guide-about">{texts.about}</p>
      {error && <ErrorNotice message={error} onRetry={reload} />}
      {!data && !error && <Loading />}
      {data && data.services.length === 0 && <Empty title={all.noServices} help={all.noneHelp} />}
      {data && data.services.length > 0 && <Body known={data} onKnown={setData} onStale={reload} />}
    </>
  );
}

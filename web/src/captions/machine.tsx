// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The recogniser, where the administrator installed one: asks for a draft and waits for it.

import { useState } from 'preact/hooks';
import { describeError } from '../lib/api';
import { useWhen } from '../lib/hooks';
import type { Captions } from '../lib/types';
import { ErrorNotice, Notice } from '../ui/basics';
import { WorkButton } from '../ui/work';
import { listCaptions, recogniseCaptions, type Listing } from './store';
import { useCaptionsTexts } from './texts';

const ASK_MS = 4000;

function isActive(listing: Listing | null, language: string): boolean {
  const job = listing?.job;
  return job?.language === language && (job.state === 'queued' || job.state === 'running');
}

export function Machine(props: {
  lessonId: string;
  language: string;
  item: Captions | undefined;
  /** New captions are there. */
  onItems: (items: Captions[]) => void;
}) {
  const { lessonId, language, item } = props;
  const texts = useCaptionsTexts().machine;
  const [listing, setListing] = useState<Listing | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [begun, setBegun] = useState(false);
  const [turn, setTurn] = useState(0);
  const active = isActive(listing, language);
  useWhen(() => {
    const abort = new AbortController();
    listCaptions(lessonId, abort.signal).then(
      (got) => {
        setListing(got);
        if (begun && !isActive(got, language)) props.onItems(got.items);
      },
      () => undefined,
    );
    return () => abort.abort();
  }, [lessonId, language, turn]);
  useWhen(() => {
    if (!active) return undefined;
    const timer = setTimeout(() => setTurn(turn + 1), ASK_MS);
    return () => clearTimeout(timer);
  }, [active, turn, listing]);
  const start = async (): Promise<void> => {
    setError(null);
    try {
      await recogniseCaptions(lessonId, language);
      setBegun(true);
      setTurn(turn + 1);
    } catch (fault) {
      setError(describeError(fault));
    }
  };
  if (!listing?.recogniser) return null;
  const persons = item !== undefined && (item.state === 'approved' || item.source === 'upload');
  const job = listing.job?.language === language ? listing.job : null;
  return (
    <div class="caption-machine">
      {!persons && !active && <WorkButton onWork={start}>{texts.start}</WorkButton>}
      {active && <p role="status">{job?.state === 'queued' ? texts.waiting : texts.running}</p>}
      {begun && job?.state === 'done' && <Notice kind="success">{texts.done}</Notice>}
      {job?.state === 'failed' && <ErrorNotice message={job.error ?? ''} />}
      {error && <ErrorNotice message={error} />}
    </div>
  );
}

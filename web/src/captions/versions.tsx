// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Earlier texts of a language, also after it was deleted: loaded into the editor as a step that can be
// undone, and only used when saved.

import { useState } from 'preact/hooks';
import { formatDateTime } from '../lib/format';
import { language as pageLanguage } from '../lib/i18n';
import { useLoad } from '../lib/load';
import { useStore } from '../lib/store';
import type { Captions } from '../lib/types';
import { Notice } from '../ui/basics';
import { readVtt, type Cue } from './cues';
import { fetchFile, listVersions } from './store';
import { useCaptionsTexts } from './texts';

function List(props: VersionsProps) {
  const { lessonId, language, item } = props;
  const texts = useCaptionsTexts().versions;
  const lang = useStore(pageLanguage);
  const { data } = useLoad(() => listVersions(lessonId, language), [lessonId, language, item?.etag]);
  const [note, setNote] = useState<string | null>(null);
  const earlier = (data ?? []).filter((version) => !item?.url.includes(`.${version.hash}.`));
  const load = async (hash: string): Promise<void> => {
    try {
      props.onLoad(readVtt(await fetchFile(`/lessons/${lessonId}/captions/${language}.${hash}.vtt`)));
      setNote(texts.loaded);
    } catch {
      setNote(texts.gone);
    }
  };
  return (
    <>
      {data && earlier.length === 0 && <p class="hint">{texts.none}</p>}
      <ul class="caption-versions">
        {earlier.map((version) => (
          <li key={version.hash}>
            <button type="button" class="button button-quiet" onClick={() => void load(version.hash)}>
              {texts.load(formatDateTime(version.ms, lang), version.who)}
            </button>
          </li>
        ))}
      </ul>
      {note && <Notice kind="info">{note}</Notice>}
    </>
  );
}

interface VersionsProps {
  lessonId: string;
  language: string;
  item: Captions | undefined;
  onLoad: (cues: Cue[]) => void;
}

export function Versions(props: VersionsProps) {
  const texts = useCaptionsTexts().versions;
  const [open, setOpen] = useState(false);
  return (
    <details class="keys" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{texts.heading}</summary>
      {open && <List {...props} />}
    </details>
  );
}

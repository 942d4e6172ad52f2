// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The part of a channel's form that says whether bitmap subtitles are drawn into pictures, in which
// language and in which of its qualities.

import { language } from '../lib/i18n';
import { nameLanguage } from '../lib/languages';
import { useStore } from '../lib/store';
import { useAdminTexts } from '../live/admin-texts';
import { listPictures, listSubtitles, type SubtitledService } from '../live/subtitles';
import { SelectField } from '../ui/forms';

interface Props {
  subtitles: string;
  rung: string;
  rungs: string;
  service: SubtitledService | undefined;
  onChange: (part: { subtitles?: string; burnRung?: string }) => void;
}

export function SubtitleFields({ subtitles, rung, rungs, service, onChange }: Props) {
  const texts = useAdminTexts();
  const lang = useStore(language);
  const pictures = listPictures(rungs);
  if (pictures.length === 0) return null;
  const languages = listSubtitles(service, subtitles).map((code) => [code, nameLanguage(code, lang)] as const);
  const named = pictures.map((name) => [name, texts.rungNames[name] ?? name] as const);
  return (
    <div class="field-row">
      <SelectField
        label={texts.subtitles}
        value={subtitles}
        options={[['', texts.noSubtitles] as const, ...languages]}
        onChange={(code) => onChange({ subtitles: code })}
      />
      {subtitles !== '' && (
        <SelectField
          label={texts.subtitleRung}
          value={pictures.includes(rung) ? rung : ''}
          options={[['', texts.lowestRung] as const, ...named]}
          onChange={(name) => onChange({ burnRung: name })}
        />
      )}
    </div>
  );
}

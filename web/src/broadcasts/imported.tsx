// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// What a service's guide has from a file: how much, until when, which side comes first; removed on request.

import { call, describeError } from '../lib/api';
import { formatDate } from '../lib/format';
import { language } from '../lib/i18n';
import { useStore } from '../lib/store';
import { SelectField } from '../ui/forms';
import { showToast } from '../ui/toast';
import { WorkButton } from '../ui/work';
import { nameService } from './services';
import { broadcastsText, useBroadcastsTexts } from './texts';
import type { GuideSide, Service } from './types';

function getPath(service: Service): string {
  return `services/${encodeURIComponent(service.id)}`;
}

export function Imported({ service, onChanged }: { service: Service; onChanged: () => void }) {
  const texts = useBroadcastsTexts().file;
  const lang = useStore(language);
  if (!service.imported) return null;
  const { programmes, until_ms } = service.imported;
  const put = async (side: GuideSide, from: Service, undo: boolean): Promise<void> => {
    try {
      const now = await call<Service>(getPath(from), { method: 'PATCH', body: { guide_first: side }, etag: from.etag });
      if (undo) showToast(texts.nowFirst[side], () => void put(service.guide_first, now, false));
      else showToast(broadcastsText().takenBack);
    } catch (fault) {
      showToast(describeError(fault));
    }
    onChanged();
  };
  const remove = async (): Promise<void> => {
    if (!confirm(texts.confirmRemove(programmes, nameService(service)))) return;
    try {
      // Before the programmes go: else the next file brings them again.
      if (service.guide_channel !== null)
        await call(getPath(service), { method: 'PATCH', body: { guide_channel: null }, etag: service.etag });
      await call(`${getPath(service)}/guide`, { method: 'DELETE' });
      showToast(texts.removed);
    } catch (fault) {
      showToast(describeError(fault));
    }
    onChanged();
  };
  return (
    <div class="panel stack imported">
      <div class="card-head">
        <p>{texts.imported(programmes, formatDate(until_ms, lang))}</p>
        <div class="actions">
          <a class="button" href="/admin/broadcasts/guide-file">
            {texts.renew}
          </a>
          <WorkButton class="button button-quiet button-bad" onWork={remove}>
            {texts.remove}
          </WorkButton>
        </div>
      </div>
      <SelectField
        label={texts.first}
        help={texts.firstHelp}
        value={service.guide_first}
        options={[
          ['broadcast', texts.sides.broadcast],
          ['file', texts.sides.file],
        ]}
        onChange={(side) => void put(side, service, true)}
      />
    </div>
  );
}

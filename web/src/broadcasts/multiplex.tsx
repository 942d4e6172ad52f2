// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// One address: how it goes, its scan, its services; edit and delete.

import { useState } from 'preact/hooks';
import { call, describeError } from '../lib/api';
import { formatDateTime } from '../lib/format';
import { language } from '../lib/i18n';
import { useStaffTexts } from '../lib/staff';
import { useStore } from '../lib/store';
import { Notice } from '../ui/basics';
import { showToast } from '../ui/toast';
import { WorkButton } from '../ui/work';
import { AddressForm, readValues, type AddressValues } from './address-form';
import { Services } from './services';
import { useBroadcastsTexts } from './texts';
import type { Multiplex } from './types';

function timeOf(ms: number): string {
  return new Date(ms).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
}

/** How it goes, in words; figures while something comes. */
function Figures({ multiplex }: { multiplex: Multiplex }) {
  const texts = useBroadcastsTexts();
  const lang = useStore(language);
  const { status } = multiplex;
  const parts: string[] = [];
  if (multiplex.network) parts.push(multiplex.network);
  if (status.state === 'receiving') {
    parts.push(texts.rate((status.bits_per_second / 1e6).toFixed(1)));
    if (status.cc_errors > 0) parts.push(texts.lost(String(status.cc_errors)));
    if (status.refreshing) parts.push(texts.refreshing);
  }
  if (status.state === 'waiting' && status.retry_ms) parts.push(texts.retryAt(timeOf(status.retry_ms)));
  parts.push(
    multiplex.scanned_ms ? texts.scanned(formatDateTime(multiplex.scanned_ms, lang)) : texts.neverScanned,
  );
  return <p class="hint">{parts.join(' · ')}</p>;
}

function Trouble({ multiplex }: { multiplex: Multiplex }) {
  const texts = useBroadcastsTexts();
  const { status } = multiplex;
  if (!status.sentence) return null;
  return (
    <Notice kind={status.state === 'idle' || status.state === 'waiting' ? 'error' : 'warning'}>
      <p>{status.sentence}</p>
      {status.detail && (
        <details>
          <summary class="hint">{texts.technical}</summary>
          <p class="detail" lang="en">
            {status.detail}
          </p>
        </details>
      )}
    </Notice>
  );
}

function Scanning({ services }: { services: number }) {
  const texts = useBroadcastsTexts();
  const words = texts.scanning(String(services));
  return (
    <div class="stack">
      <progress class="scan" aria-label={words} />
      <p class="hint" role="status">
        {words}
      </p>
    </div>
  );
}

export function MultiplexPanel(props: {
  multiplex: Multiplex;
  onChanged: (multiplex: Multiplex) => void;
  onRemoved: () => void;
}) {
  const texts = useBroadcastsTexts();
  const common = useStaffTexts();
  const { multiplex } = props;
  const { status } = multiplex;
  const [editing, setEditing] = useState(false);
  const path = `multiplexes/${encodeURIComponent(multiplex.id)}`;
  const scan = async (): Promise<void> => {
    try {
      props.onChanged(await call<Multiplex>(`${path}/scan`, { method: 'POST' }));
    } catch (fault) {
      showToast(describeError(fault));
    }
  };
  const save = async (body: AddressValues): Promise<void> => {
    props.onChanged(await call<Multiplex>(path, { method: 'PATCH', body, etag: multiplex.etag }));
    showToast(texts.changed(body.name || body.uri));
    setEditing(false);
  };
  const remove = async (): Promise<void> => {
    if (!confirm(texts.confirmRemove(multiplex.name))) return;
    try {
      await call(path, { method: 'DELETE', etag: multiplex.etag });
      showToast(texts.removed(multiplex.name));
      props.onRemoved();
    } catch (fault) {
      showToast(describeError(fault));
    }
  };
  return (
    <section class="panel multiplex" aria-label={multiplex.name}>
      <div class="card-head">
        <h2 class="row-title">
          {multiplex.name} <span class={`chip chip-${status.state}`}>{texts.states[status.state]}</span>
        </h2>
        <div class="actions">
          <WorkButton label={texts.scanOf(multiplex.name)} onWork={scan} disabled={status.scanning}>
            {texts.scan}
          </WorkButton>
          <button
            type="button"
            class="button button-quiet"
            aria-label={texts.editOf(multiplex.name)}
            aria-expanded={editing}
            onClick={() => setEditing(!editing)}
          >
            {texts.edit}
          </button>
          <WorkButton class="button button-quiet button-bad" label={texts.removeOf(multiplex.name)} onWork={remove}>
            {texts.remove}
          </WorkButton>
        </div>
      </div>
      {multiplex.name !== multiplex.uri && (
        <p class="hint uri">
          <code lang="en">{multiplex.uri}</code>
        </p>
      )}
      <Figures multiplex={multiplex} />
      {editing && (
        <AddressForm
          values={readValues(multiplex)}
          submit={common.save}
          onSubmit={save}
          onCancel={() => setEditing(false)}
        />
      )}
      {status.scanning && <Scanning services={status.services} />}
      <Trouble multiplex={multiplex} />
      <Services multiplex={multiplex} />
    </section>
  );
}

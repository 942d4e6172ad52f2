// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The services of an address: what the scan found, and beside it what a person decides: name, channel
// number, shown or hidden. Every decision can be taken back.

import { useState } from 'preact/hooks';
import { call, describeError } from '../lib/api';
import { useLoad } from '../lib/load';
import { useStaffTexts } from '../lib/staff';
import type { Page } from '../lib/types';
import { ErrorNotice } from '../ui/basics';
import { TextField } from '../ui/forms';
import { showToast } from '../ui/toast';
import { WorkButton } from '../ui/work';
import { Snapshot } from './snapshot';
import { broadcastsText, useBroadcastsTexts } from './texts';
import type { Multiplex, Service, ServiceStream } from './types';

interface Changes {
  own_name?: string | null;
  own_channel?: number | null;
  shown?: boolean | null;
}

/** How a service is called: as a person says, else as it is broadcast. */
export function nameService(service: Service): string {
  return service.own_name ?? (service.name || broadcastsText().unnamed(String(service.service_id)));
}

function describeStreams(streams: readonly ServiceStream[]): string {
  const known = streams.filter((stream) => stream.kind !== 'data');
  return known.map((stream) => (stream.language ? `${stream.codec} (${stream.language})` : stream.codec)).join(' · ');
}

function change(service: Service, body: Changes): Promise<Service> {
  return call<Service>(`services/${encodeURIComponent(service.id)}`, { method: 'PATCH', body, etag: service.etag });
}

/** Makes a change and says so with a way back. */
async function decide(
  service: Service,
  body: Changes,
  words: string,
  onChanged: (service: Service) => void,
): Promise<void> {
  const before: Changes = { own_name: service.own_name, own_channel: service.own_channel, shown: service.own_shown };
  const now = await change(service, body);
  onChanged(now);
  showToast(words, () => {
    change(now, before).then(
      (back) => {
        onChanged(back);
        showToast(broadcastsText().takenBack);
      },
      (fault: unknown) => showToast(describeError(fault)),
    );
  });
}

function EditService(props: { service: Service; onChanged: (service: Service) => void; onClose: () => void }) {
  const texts = useBroadcastsTexts();
  const common = useStaffTexts();
  const { service } = props;
  const [name, setName] = useState(service.own_name ?? '');
  const [channel, setChannel] = useState(service.own_channel === null ? '' : String(service.own_channel));
  const [error, setError] = useState<string | undefined>();
  const save = async (): Promise<void> => {
    const number = channel.trim() === '' ? null : Number(channel);
    if (number !== null && !(Number.isInteger(number) && number >= 1 && number <= 9999)) {
      setError(texts.badChannel);
      return;
    }
    try {
      const body = { own_name: name.trim() || null, own_channel: number };
      await decide(service, body, texts.changed(name.trim() || nameService(service)), props.onChanged);
      props.onClose();
    } catch (fault) {
      setError(describeError(fault));
    }
  };
  return (
    <form
      class="form row-form"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div class="field-row">
        <TextField
          label={texts.ownName}
          help={texts.ownNameHelp}
          placeholder={service.name}
          value={name}
          onInput={setName}
          maxLength={80}
        />
        <TextField
          label={texts.ownChannel}
          help={texts.ownChannelHelp}
          error={error}
          placeholder={service.channel === null ? '' : String(service.channel)}
          value={channel}
          onInput={setChannel}
          maxLength={4}
        />
      </div>
      <div class="actions">
        <button type="submit" class="button button-main">
          {common.save}
        </button>
        <button type="button" class="button button-quiet" onClick={props.onClose}>
          {texts.cancel}
        </button>
      </div>
    </form>
  );
}

function Facts({ service }: { service: Service }) {
  const texts = useBroadcastsTexts();
  const facts = [texts.types[service.kind]];
  if (service.own_name !== null && service.name) facts.push(texts.broadcastName(service.name));
  const streams = describeStreams(service.streams);
  if (streams) facts.push(streams);
  return <p class="hint">{facts.join(' · ')}</p>;
}

interface RowProps {
  service: Service;
  pictured: boolean;
  onChanged: (service: Service) => void;
}

function ServiceRow({ service, pictured, onChanged }: RowProps) {
  const texts = useBroadcastsTexts();
  const [editing, setEditing] = useState(false);
  const name = nameService(service);
  const channel = service.own_channel ?? service.channel;
  const flip = async (): Promise<void> => {
    try {
      const words = service.shown ? texts.nowHidden(name) : texts.nowShown(name);
      await decide(service, { shown: !service.shown }, words, onChanged);
    } catch (fault) {
      showToast(describeError(fault));
    }
  };
  return (
    <li class="row">
      <span class="channel-number">{channel ?? '–'}</span>
      <div class="row-main">
        <p class="row-title">
          {name} {service.encrypted && <span class="chip chip-waiting">{texts.encrypted}</span>}{' '}
          {!service.shown && <span class="chip">{texts.hidden}</span>}{' '}
          {!service.present && <span class="chip chip-failed">{texts.absent}</span>}
        </p>
        <Facts service={service} />
        {pictured && service.kind === 'tv' && !service.encrypted && service.present && (
          <Snapshot id={service.id} name={name} />
        )}
      </div>
      <a class="button button-quiet" href={`/admin/broadcasts?service=${service.id}`} aria-label={texts.guideOf(name)}>
        {texts.guide}
      </a>
      <button
        type="button"
        class="button button-quiet"
        aria-label={texts.editOf(name)}
        aria-expanded={editing}
        onClick={() => setEditing(!editing)}
      >
        {texts.edit}
      </button>
      <WorkButton
        class="button button-quiet"
        label={service.shown ? texts.hideOf(name) : texts.showOf(name)}
        onWork={flip}
      >
        {service.shown ? texts.hide : texts.show}
      </WorkButton>
      {editing && (
        <EditService key={service.etag} service={service} onChanged={onChanged} onClose={() => setEditing(false)} />
      )}
    </li>
  );
}

export function Services({ multiplex }: { multiplex: Multiplex }) {
  const texts = useBroadcastsTexts();
  const { data, error, reload, setData } = useLoad(
    (signal) => call<Page<Service>>(`services?multiplex=${multiplex.id}`, { signal }),
    // Each round of the scan is read when it is in the catalogue.
    [multiplex.id, multiplex.scanned_ms, multiplex.status.services],
  );
  const [pictured, setPictured] = useState(false);
  const take = (service: Service): void => {
    if (data) setData({ ...data, items: data.items.map((one) => (one.id === service.id ? service : one)) });
  };
  if (error) return <ErrorNotice message={error} onRetry={reload} />;
  if (!data || (data.items.length === 0 && !multiplex.scanned_ms)) return null;
  if (data.items.length === 0) return <p class="hint">{texts.noServices}</p>;
  return (
    <details class="services" open>
      <summary class="summary">{texts.services(String(data.items.length))}</summary>
      <label class="service-pictures">
        <input type="checkbox" checked={pictured} onChange={(event) => setPictured(event.currentTarget.checked)} />
        {texts.pictures}
      </label>
      <ul class="rows">
        {data.items.map((service) => (
          <ServiceRow key={service.id} service={service} pictured={pictured} onChanged={take} />
        ))}
      </ul>
    </details>
  );
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Live channels: make one from a service, switch it on and off, say how much can be rewound, see how it
// goes.

import { useState } from 'preact/hooks';
import { ApiError, call, describeError } from '../lib/api';
import { formatBytes } from '../lib/format';
import { language } from '../lib/i18n';
import { useLoad } from '../lib/load';
import { useLive } from '../lib/staff';
import { useStore } from '../lib/store';
import { useAdminTexts } from '../live/admin-texts';
import { suggestSlug } from '../live/slug';
import { listPictures } from '../live/subtitles';
import { useLiveTexts } from '../live/texts';
import type { Channel, ChannelList } from '../live/types';
import { Empty, ErrorNotice, Loading, Notice } from '../ui/basics';
import { SelectField, TextField } from '../ui/forms';
import { showToast } from '../ui/toast';
import { WorkButton } from '../ui/work';
import { SubtitleFields } from './subtitle-fields';
import '../live/live.css';

const GIGABYTE = 1e9;

/** What is needed of a service here. */
interface Service {
  id: string;
  name: string;
  own_name: string | null;
  service_id: number;
  channel: number | null;
  own_channel: number | null;
  encrypted: boolean;
  streams: readonly { kind: string; language: string }[];
}

interface Draft {
  name: string;
  slug: string;
  service: string;
  rungs: string;
  hours: string;
  gigabytes: string;
  rest: string;
  subtitles: string;
  burnRung: string;
}

const FRESH: Draft = {
  name: '',
  slug: '',
  service: '',
  rungs: 'voice small medium',
  hours: '8',
  gigabytes: '20',
  rest: '0',
  subtitles: '',
  burnRung: '',
};

function readDraft(channel: Channel): Draft {
  const settings = channel.settings!;
  return {
    name: channel.name,
    slug: channel.slug,
    service: settings.service ?? '',
    rungs: settings.rungs.join(' '),
    hours: String(settings.window_hours),
    gigabytes: String(settings.window_bytes / GIGABYTE),
    rest: String(settings.rest_minutes),
    subtitles: settings.burn_subtitles ?? '',
    burnRung: settings.burn_rung ?? '',
  };
}

function makeBody(draft: Draft): Record<string, unknown> {
  return {
    name: draft.name.trim(),
    slug: draft.slug.trim(),
    service: draft.service || null,
    rungs: draft.rungs.split(' '),
    window_hours: Math.round(Number(draft.hours)) || 0,
    window_bytes: Math.round((Number(draft.gigabytes) || 0) * GIGABYTE),
    rest_minutes: Number(draft.rest),
    burn_subtitles: draft.subtitles || null,
    // A quality that the channel has no more is none.
    burn_rung: listPictures(draft.rungs).includes(draft.burnRung) ? draft.burnRung : null,
  };
}

/** What can be chosen, and what was set by other means. */
function listRests(chosen: string): number[] {
  const common = [0, 5, 15, 30, 60, 120, 240];
  return [...new Set([...common, Number(chosen)])].sort((a, b) => a - b);
}

/** Every service that some multiplex has. */
async function fetchServices(signal: AbortSignal): Promise<Service[]> {
  try {
    return (await call<{ items: Service[] }>('services', { signal })).items;
  } catch (fault) {
    if (fault instanceof ApiError && fault.status === 404) return [];
    throw fault;
  }
}

interface FieldsProps {
  draft: Draft;
  services: readonly Service[];
  /** Names in addresses that other channels have. */
  taken?: readonly string[];
  onChange: (draft: Draft) => void;
}

type Proposal = Pick<Draft, 'name' | 'slug'>;

/** What a service gives a new channel; what a person typed stays. */
function takeProposal(draft: Draft, before: Proposal | null, now: Proposal): Partial<Draft> {
  return {
    ...(!draft.name || draft.name === before?.name ? { name: now.name } : {}),
    ...(!draft.slug || draft.slug === before?.slug ? { slug: now.slug } : {}),
  };
}

function Fields({ draft, services, taken = [], onChange }: FieldsProps) {
  const texts = useAdminTexts();
  const set = (part: Partial<Draft>): void => onChange({ ...draft, ...part });
  const named = (service: Service): string => {
    const name = service.own_name ?? (service.name || String(service.service_id));
    return service.encrypted ? texts.scrambled(name) : name;
  };
  const options = [['', texts.noService] as const, ...services.map((service) => [service.id, named(service)] as const)];
  const ladders = Object.entries(texts.ladders);
  const [proposed, setProposed] = useState<Proposal | null>(null);
  const choose = (id: string): void => {
    const service = services.find((one) => one.id === id);
    if (!service) return set({ service: id });
    const name = named(service);
    const number = service.own_channel ?? service.channel ?? service.service_id;
    const now = { name, slug: suggestSlug(name, number, taken) };
    setProposed(now);
    set({ service: id, ...takeProposal(draft, proposed, now) });
  };
  return (
    <>
      <SelectField label={texts.service} value={draft.service} options={options} onChange={choose} />
      <div class="field-row">
        <TextField label={texts.name} value={draft.name} onInput={(name) => set({ name })} required />
        <TextField
          label={texts.slug}
          help={texts.slugHelp}
          value={draft.slug}
          onInput={(slug) => set({ slug })}
          required
          maxLength={40}
        />
      </div>
      <SelectField label={texts.rungs} value={draft.rungs} options={ladders} onChange={(rungs) => set({ rungs })} />
      <SubtitleFields
        subtitles={draft.subtitles}
        rung={draft.burnRung}
        rungs={draft.rungs}
        service={services.find((one) => one.id === draft.service)}
        onChange={set}
      />
      <div class="field-row">
        <TextField label={texts.hours} value={draft.hours} onInput={(hours) => set({ hours })} required />
        <TextField
          label={texts.gigabytes}
          value={draft.gigabytes}
          onInput={(gigabytes) => set({ gigabytes })}
          required
        />
      </div>
      <SelectField
        label={texts.rest}
        value={draft.rest}
        options={listRests(draft.rest).map((minutes) => [String(minutes), texts.restAfter(minutes)] as const)}
        onChange={(rest) => set({ rest })}
      />
      {draft.rest !== '0' && <p class="hint">{texts.restHelp}</p>}
    </>
  );
}

interface AddProps {
  services: readonly Service[];
  taken: readonly string[];
  onAdded: () => void;
}

function AddChannel({ services, taken, onAdded }: AddProps) {
  const texts = useAdminTexts();
  const [draft, setDraft] = useState(FRESH);
  const [error, setError] = useState<string | null>(null);
  const add = async (): Promise<void> => {
    setError(null);
    try {
      const made = await call<Channel>('channels', { method: 'POST', body: makeBody(draft) });
      showToast(texts.created(made.name));
      setDraft(FRESH);
      onAdded();
    } catch (fault) {
      setError(describeError(fault));
    }
  };
  return (
    <details class="panel">
      <summary class="summary">{texts.add}</summary>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        {error && <Notice kind="error">{error}</Notice>}
        <Fields draft={draft} services={services} taken={taken} onChange={setDraft} />
        <div class="actions">
          <button type="submit" class="button button-main">
            {texts.create}
          </button>
        </div>
      </form>
    </details>
  );
}

function EditChannel(props: { channel: Channel; services: readonly Service[]; onChanged: () => void }) {
  const { channel, services, onChanged } = props;
  const texts = useAdminTexts();
  const [draft, setDraft] = useState(readDraft(channel));
  const [error, setError] = useState<string | null>(null);
  const save = async (): Promise<void> => {
    setError(null);
    try {
      const path = `channels/${encodeURIComponent(channel.id)}`;
      await call<Channel>(path, { method: 'PATCH', body: makeBody(draft), etag: channel.etag });
      showToast(texts.saved(draft.name));
      onChanged();
    } catch (fault) {
      setError(describeError(fault));
    }
  };
  return (
    <details>
      <summary class="summary">{texts.edit(channel.name)}</summary>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        {error && <Notice kind="error">{error}</Notice>}
        <Fields draft={draft} services={services} onChange={setDraft} />
        <div class="actions">
          <button type="submit" class="button button-main">
            {texts.save}
          </button>
        </div>
      </form>
    </details>
  );
}

/** What a technician wants to know of it. */
function ChannelFacts({ channel }: { channel: Channel }) {
  const texts = useAdminTexts();
  const settings = channel.settings!;
  const facts = [
    settings.service_name ?? texts.noService,
    texts.facts(formatBytes(settings.used_bytes), formatBytes(settings.window_bytes)),
    ...(settings.speed_permille > 0 ? [texts.speed(Math.round(settings.speed_permille / 10))] : []),
    ...(settings.restarts > 0 ? [texts.restarts(settings.restarts)] : []),
    ...(settings.dropped_rungs.length > 0 ? [texts.dropped(settings.dropped_rungs.join(' '))] : []),
  ];
  return <p class="hint">{facts.join(' · ')}</p>;
}

function ChannelRow(props: { channel: Channel; services: readonly Service[]; onChanged: () => void }) {
  const { channel, services, onChanged } = props;
  const texts = useAdminTexts();
  const states = useLiveTexts().states;
  const settings = channel.settings!;
  const path = `channels/${encodeURIComponent(channel.id)}`;
  const act = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (fault) {
      showToast(describeError(fault));
    }
    onChanged();
  };
  const flip = (): Promise<void> =>
    act(() => call(path, { method: 'PATCH', body: { enabled: !settings.enabled }, etag: channel.etag }));
  const remove = async (): Promise<void> => {
    if (!confirm(texts.confirmRemove(channel.name))) return;
    await act(async () => {
      await call(path, { method: 'DELETE', etag: channel.etag });
      showToast(texts.removed(channel.name));
    });
  };
  return (
    <li class="row">
      <div class="row-main">
        <p class="row-title">
          <a href={`/channel/${channel.slug}`}>{channel.name}</a>{' '}
          <span class={`chip chip-${channel.state}`}>{states[channel.state]}</span>
        </p>
        <ChannelFacts channel={channel} />
        {channel.sentence && <Notice kind={channel.state === 'failed' ? 'error' : 'info'}>{channel.sentence}</Notice>}
        {settings.detail && (
          <p class="hint" lang="en">
            {settings.detail}
          </p>
        )}
        {/* A new revision is a new form: what somebody else saved is not overwritten. */}
        <EditChannel key={channel.etag} channel={channel} services={services} onChanged={onChanged} />
      </div>
      <WorkButton onWork={flip}>{settings.enabled ? texts.turnOff : texts.turnOn}</WorkButton>
      <WorkButton class="button button-quiet button-bad" onWork={remove}>
        {texts.remove}
      </WorkButton>
    </li>
  );
}

export function Channels() {
  const texts = useAdminTexts();
  const lang = useStore(language);
  const services = useLoad(fetchServices, []);
  const { data, error, loading, reload } = useLoad((signal) => call<ChannelList>('channels', { signal }), [lang]);
  // A state comes by itself; figures are asked for when there are new ones.
  const [live] = useState(() => ({ reload }));
  live.reload = reload;
  const [onNews] = useState(() => () => document.hidden || live.reload());
  useLive({ onChannel: onNews, onHealth: onNews, onOpen: onNews });
  const channels = data?.items ?? [];
  return (
    <>
      {error && <ErrorNotice message={error} onRetry={reload} />}
      {loading && !data && <Loading />}
      <AddChannel services={services.data ?? []} taken={channels.map((one) => one.slug)} onAdded={reload} />
      {data && channels.length === 0 && <Empty title={texts.none} help={texts.noneHelp} />}
      {channels.length > 0 && (
        <ul class="panel rows">
          {channels.map((channel) => (
            <ChannelRow key={channel.id} channel={channel} services={services.data ?? []} onChanged={reload} />
          ))}
        </ul>
      )}
    </>
  );
}

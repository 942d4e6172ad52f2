// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The channels of an XMLTV file, each with the service that it belongs to. Files of thousands of channels are
// searched; what has a service stands first.

import { useMemo, useState } from 'preact/hooks';
import { formatDate } from '../lib/format';
import { language } from '../lib/i18n';
import { useStaffTexts } from '../lib/staff';
import { useStore } from '../lib/store';
import { Notice } from '../ui/basics';
import { SelectField, TextField } from '../ui/forms';
import { WorkButton } from '../ui/work';
import {
  beginChoices,
  findDoubles,
  listChanges,
  listFollowers,
  readFirst,
  sortChannels,
  type Change,
  type Choices,
} from './guide-choices';
import { nameService } from './services';
import { useBroadcastsTexts } from './texts';
import type { GuideImport, GuideSide, ImportChannel, Multiplex, Service } from './types';

/** So many at first, and so many more when asked. */
const ROWS = 40;

/** From here on a search is needed. */
const MANY = 12;

type Options = readonly (readonly [string, string])[];

interface MatchProps {
  guide: GuideImport;
  services: readonly Service[];
  multiplexes: readonly Multiplex[];
  onImport: (changes: readonly Change[], choices: Choices) => Promise<void>;
}

/** Services by name; the address tells those of one name apart. */
function listOptions({ guide, services, multiplexes }: MatchProps, leaveOut: string): Options {
  const named = new Set(guide.channels.flatMap(({ service, suggested }) => [service, suggested]));
  const shown = services.filter((service) => service.shown || service.guide_channel !== null || named.has(service.id));
  const names = shown.map(nameService);
  const write = (service: Service, name: string): string => {
    const multiplex = multiplexes.find(({ id }) => id === service.multiplex_id);
    const twin = names.indexOf(name) !== names.lastIndexOf(name);
    return twin && multiplex ? `${name} (${multiplex.name})` : name;
  };
  return [['', leaveOut], ...shown.map((service, index) => [service.id, write(service, names[index]!)] as const)];
}

function writeSpan(channel: ImportChannel, lang: 'th' | 'en'): string {
  if (channel.from_ms === null || channel.until_ms === null) return '';
  // A date is not broken over lines.
  const [from, until] = [channel.from_ms, channel.until_ms].map((ms) => formatDate(ms, lang).replace(/ /g, '\u00a0'));
  return from === until ? from! : `${from} – ${until}`;
}

interface RowProps {
  channel: ImportChannel;
  options: Options;
  chosen: string;
  double: boolean;
  others: readonly Service[];
  onChoose: (service: string) => void;
}

function ChannelRow({ channel, options, chosen, double, others, onChoose }: RowProps) {
  const texts = useBroadcastsTexts().file;
  const lang = useStore(language);
  const name = channel.name || channel.id;
  const facts = [channel.name && channel.id !== name ? channel.id : '', texts.programmes(channel.programmes), writeSpan(channel, lang)];
  const also = others.length > 0 ? texts.also(others.map(nameService).join(', ')) : undefined;
  return (
    <li class="row match">
      <div class="row-main">
        <p class="row-title">{name}</p>
        <p class="hint">{facts.filter(Boolean).join(' · ')}</p>
      </div>
      <SelectField
        label={texts.serviceOf(name)}
        hideLabel
        value={chosen}
        options={options}
        help={also}
        error={double ? texts.double : undefined}
        onChange={onChoose}
      />
    </li>
  );
}

/** The channels that are listed now: those that were searched, not too many at once. */
function useRows(channels: readonly ImportChannel[]) {
  const [words, setWords] = useState('');
  const [most, setMost] = useState(ROWS);
  const wanted = words.trim().toLocaleLowerCase();
  const found = wanted
    ? channels.filter(({ id, name }) => `${name}\n${id}`.toLocaleLowerCase().includes(wanted))
    : channels;
  return { words, setWords, rows: found.slice(0, most), more: found.length > most, showMore: () => setMost(most + ROWS) };
}

/** Which side goes first in all that is imported; each service has its own until somebody chooses. */
function First(props: { services: readonly Service[]; first: GuideSide | null; onFirst: (side: GuideSide | null) => void }) {
  const texts = useBroadcastsTexts().file;
  const own = readFirst(props.services);
  const sides = [['broadcast', texts.sides.broadcast] as const, ['file', texts.sides.file] as const];
  return (
    <SelectField
      label={texts.first}
      help={texts.firstHelp}
      value={props.first ?? own ?? ''}
      options={own === null ? [['', texts.sides.mixed] as const, ...sides] : sides}
      onChange={(side) => props.onFirst(side === '' ? null : side)}
    />
  );
}

function LeftAside({ guide }: { guide: GuideImport }) {
  const texts = useBroadcastsTexts().file;
  return (
    <>
      {guide.skipped > 0 && <p class="hint">{texts.skipped(guide.skipped)}</p>}
      {guide.outside > 0 && <p class="hint">{texts.outside(guide.outside)}</p>}
    </>
  );
}

export function GuideMatch(props: MatchProps) {
  const { guide, services } = props;
  const texts = useBroadcastsTexts().file;
  const common = useStaffTexts();
  const begun = useMemo(() => beginChoices(guide.channels), [guide]);
  const sorted = useMemo(() => sortChannels(guide.channels, begun), [guide, begun]);
  const [choices, setChoices] = useState<Choices>(begun);
  const [first, setFirst] = useState<GuideSide | null>(null);
  const [refused, setRefused] = useState(false);
  const { words, setWords, rows, more, showMore } = useRows(sorted);
  const options = listOptions(props, texts.leaveOut);
  const doubles = findDoubles(choices);
  const followers = listFollowers(guide.channels, services, choices);
  const count = [...choices.values()].filter(Boolean).length;
  const importNow = async (): Promise<void> => {
    setRefused(doubles.size > 0);
    if (doubles.size === 0) await props.onImport(listChanges(guide.channels, services, choices, first), choices);
  };
  const choose = (id: string, service: string): void => setChoices((all) => new Map(all).set(id, service));
  return (
    <section class="panel form match-form" aria-label={texts.heading}>
      <h2 class="row-title">{texts.heading}</h2>
      <p class="hint">{texts.headingHelp}</p>
      {sorted.length > MANY && (
        <TextField type="search" label={texts.search} value={words} onInput={setWords} maxLength={100} />
      )}
      <ul class="rows">
        {rows.map((channel) => (
          <ChannelRow
            key={channel.id}
            channel={channel}
            options={options}
            chosen={choices.get(channel.id) ?? ''}
            double={doubles.has(choices.get(channel.id) ?? '')}
            others={followers.flatMap(({ service, channel: from }) =>
              from === channel.id && service.id !== choices.get(channel.id) ? [service] : [],
            )}
            onChoose={(service) => choose(channel.id, service)}
          />
        ))}
      </ul>
      {rows.length === 0 && (
        <p class="hint" role="status">
          {texts.noneFound}
        </p>
      )}
      {more && (
        <button type="button" class="button" onClick={showMore}>
          {common.more}
        </button>
      )}
      <LeftAside guide={guide} />
      <First services={followers.map(({ service }) => service)} first={first} onFirst={setFirst} />
      {refused && doubles.size > 0 && <Notice kind="error">{texts.doubles}</Notice>}
      <div class="actions">
        <WorkButton class="button button-main" onWork={importNow} disabled={count === 0}>
          {texts.submit(count)}
        </WorkButton>
      </div>
      {count === 0 && <p class="hint">{texts.noneChosen}</p>}
    </section>
  );
}

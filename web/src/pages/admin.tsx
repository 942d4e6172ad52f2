// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The administrator's pages: overview, users, jobs, broadcasts, channels, health, audit. Each has its own address.

import type { FunctionComponent } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Audit } from '../admin/audit';
import { Channels } from '../admin/channels';
import { Jobs } from '../admin/jobs';
import { Overview } from '../admin/overview';
import { Users } from '../admin/users';
import { GuideFile } from '../broadcasts/guide-file';
import { Broadcasts } from '../broadcasts/page';
import { HealthPage } from '../health/page';
import { place } from '../lib/router';
import { useStaffTexts } from '../lib/staff';
import { useStore } from '../lib/store';
import { PageHead } from '../ui/basics';
import { ForRoles } from '../ui/forms';

type Tab = 'overview' | 'users' | 'jobs' | 'broadcasts' | 'channels' | 'health' | 'audit';

const TABS: readonly (readonly [Tab, string, FunctionComponent])[] = [
  ['overview', '/admin', Overview],
  ['users', '/admin/users', Users],
  ['jobs', '/admin/jobs', Jobs],
  ['broadcasts', '/admin/broadcasts', Broadcasts],
  ['channels', '/admin/channels', Channels],
  ['health', '/admin/health', HealthPage],
  ['audit', '/admin/audit', Audit],
];

/** Pages behind one of the tabs. */
const BEHIND: readonly (readonly [Tab, string, FunctionComponent, 'guideFile'])[] = [
  ['broadcasts', '/admin/broadcasts/guide-file', GuideFile, 'guideFile'],
];

/** On a phone not all tabs fit: the row is moved so that the present one stands in its middle. */
function showCurrent(row: HTMLElement | null): void {
  const current = row?.querySelector('[aria-current]')?.getBoundingClientRect();
  if (!row || !current) return;
  const shown = row.getBoundingClientRect();
  row.scrollLeft += current.left + current.width / 2 - (shown.left + shown.width / 2);
}

function Tabs({ tab, exact }: { tab: Tab; exact: boolean }) {
  const texts = useStaffTexts().admin;
  const row = useRef<HTMLElement>(null);
  useLayoutEffect(() => showCurrent(row.current), [tab, texts]);
  return (
    <nav class="tabs" aria-label={texts.pages} ref={row}>
      {TABS.map(([name, href]) => (
        <a key={name} href={href} {...(name === tab ? { 'aria-current': exact ? 'page' : 'true' } : {})}>
          {texts[name]}
        </a>
      ))}
    </nav>
  );
}

export default function AdminPage() {
  const texts = useStaffTexts().admin;
  const { path } = useStore(place);
  const [tab, address, View, title = tab] = [...TABS, ...BEHIND].find(([, href]) => href === path) ?? TABS[0]!;
  return (
    <ForRoles title={texts.heading} roles={['administrator']}>
      <PageHead key={address} title={title === 'overview' ? texts.heading : texts[title]} />
      <Tabs tab={tab} exact={TABS.some(([, href]) => href === address)} />
      <View key={address} />
    </ForRoles>
  );
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// The administrator's pages: overview, users, jobs, broadcasts, channels, health, audit. Each has its own address.

import type { FunctionComponent } from 'preact';
import { Audit } from '../admin/audit';
import { Channels } from '../admin/channels';
import { Jobs } from '../admin/jobs';
import { Overview } from '../admin/overview';
import { Users } from '../admin/users';
import { Broadcasts } from '../broadcasts/page';
import { HealthPage } from '../health/page';
import { place } from '../lib/router';
import { useStaffTexts } from '../lib/staff';
import { useStore } from '../lib/store';
import { PageHead } from '../ui/basics';
import { ForRoles } from '../ui/forms';

type Part = 'overview' | 'users' | 'jobs' | 'broadcasts' | 'channels' | 'health' | 'audit';

const PARTS: readonly (readonly [Part, string, FunctionComponent])[] = [
  ['overview', '/admin', Overview],
  ['users', '/admin/users', Users],
  ['jobs', '/admin/jobs', Jobs],
  ['broadcasts', '/admin/broadcasts', Broadcasts],
  ['channels', '/admin/channels', Channels],
  ['health', '/admin/health', HealthPage],
  ['audit', '/admin/audit', Audit],
];

export default function AdminPage() {
  const texts = useStaffTexts().admin;
  const { path } = useStore(place);
  const [name, , View] = PARTS.find(([, href]) => href === path) ?? PARTS[0]!;
  return (
    <ForRoles title={texts.heading} roles={['administrator']}>
      <PageHead key={name} title={name === 'overview' ? texts.heading : texts[name]} />
      <nav class="tabs" aria-label={texts.pages}>
        {PARTS.map(([part, href]) => (
          <a key={part} href={href} {...(part === name ? { 'aria-current': 'page' as const } : {})}>
            {texts[part]}
          </a>
        ))}
      </nav>
      <View key={name} />
    </ForRoles>
  );
}

// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Which service takes its programmes from which channel of a file: what is proposed, what is chosen twice, and what
// has to be changed on the server. Pure.

import type { GuideSide, ImportChannel, Service } from './types';

/** The service of each channel by the channel's id; '' is left out. Ids are anybody's: never an object's keys. */
export type Choices = ReadonlyMap<string, string>;

export interface Change {
  service: Service;
  body: { guide_channel?: string | null; guide_first?: GuideSide };
}

/** As it was last time; a suggestion otherwise, each service once. */
export function beginChoices(channels: readonly ImportChannel[]): Choices {
  const taken = new Set(channels.map((channel) => channel.service));
  const choices = new Map<string, string>();
  for (const { id, service, suggested } of channels) {
    const free = suggested !== null && !taken.has(suggested);
    choices.set(id, service ?? (free ? suggested : ''));
    if (!service && free) taken.add(suggested);
  }
  return choices;
}

/** The channels with a service first, in the order of the file otherwise. */
export function sortChannels(channels: readonly ImportChannel[], choices: Choices): ImportChannel[] {
  const left = (channel: ImportChannel): number => (choices.get(channel.id) ? 0 : 1);
  return [...channels].sort((a, b) => left(a) - left(b));
}

/** Services that are chosen for more than one channel. */
export function findDoubles(choices: Choices): ReadonlySet<string> {
  const seen = new Set<string>();
  const doubles = new Set<string>();
  for (const service of choices.values()) {
    if (service && seen.has(service)) doubles.add(service);
    seen.add(service);
  }
  return doubles;
}

/** The channel that a service is to take its programmes from. Others beside the first follow an unchanged choice. */
function decideChannel(service: Service, channels: readonly ImportChannel[], choices: Choices): string | null {
  const chosen = channels.find((channel) => choices.get(channel.id) === service.id);
  if (chosen) return chosen.id;
  const present = channels.find((channel) => channel.id === service.guide_channel);
  const kept = !present || (present.service !== null && choices.get(present.id) === present.service);
  return kept ? service.guide_channel : null;
}

/** The services that take their programmes from a channel of this file, with the channel. */
export function listFollowers(
  channels: readonly ImportChannel[],
  services: readonly Service[],
  choices: Choices,
): { service: Service; channel: string }[] {
  const ids = new Set(channels.map((channel) => channel.id));
  return services.flatMap((service) => {
    const channel = decideChannel(service, channels, choices);
    return channel !== null && ids.has(channel) ? [{ service, channel }] : [];
  });
}

/** Which side comes first in all of these services; null where they differ. */
export function readFirst(services: readonly Service[]): GuideSide | null {
  const sides = new Set(services.map((service) => service.guide_first));
  if (sides.size > 1) return null;
  return services[0]?.guide_first ?? 'broadcast';
}

/** What differs from the choices. @first null: each service as it has it. */
export function listChanges(
  channels: readonly ImportChannel[],
  services: readonly Service[],
  choices: Choices,
  first: GuideSide | null,
): Change[] {
  const follows = new Set(listFollowers(channels, services, choices).map(({ service }) => service));
  return services.flatMap((service) => {
    const body: Change['body'] = {};
    const channel = decideChannel(service, channels, choices);
    if (channel !== service.guide_channel) body.guide_channel = channel;
    if (first !== null && follows.has(service) && first !== service.guide_first) body.guide_first = first;
    return Object.keys(body).length > 0 ? [{ service, body }] : [];
  });
}
